// What a screen shows beside its calls: pictures, videos, messages, each with its time and zones. Parsed once; a wrong
// item is left out, never the screen. Pure; times are hall time.

import { each, fields, names, text, type Names } from '../lobby/wire';

export const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'video/mp4', 'video/webm'] as const;
export type MediaType = (typeof TYPES)[number];

interface Bounded {
  readonly id: string;
  /** Epoch milliseconds of hall time; null: without bound. */
  readonly from_ms: number | null;
  readonly to_ms: number | null;
  /** Empty: the whole hall. */
  readonly zones: readonly string[];
}

export interface MediaItem extends Bounded {
  readonly url: string;
  readonly type: MediaType;
  /** Of a picture; a video shows its own length. */
  readonly shows_s: number;
}

export interface Notice extends Bounded {
  readonly style: 'message' | 'ticker';
  readonly text: Names;
}

export interface Programme {
  readonly items: readonly MediaItem[];
  readonly notices: readonly Notice[];
}

export const NOTHING_SHOWN: Programme = { items: [], notices: [] };

/** More than this no hall shows; a longer list is cut. */
const ITEMS_MAX = 100;
const SHOWS_MIN_S = 3;
const SHOWS_MAX_S = 600;
const SHOWS_USUAL_S = 10;

/** Undefined: there is a bound that cannot be read, and what cannot be ended is not begun. */
function bound(value: unknown): number | null | undefined {
  if (value === null || value === undefined) return null;
  const at_ms = Date.parse(text(value) ?? '');
  return Number.isNaN(at_ms) ? undefined : at_ms;
}

function bounded(value: unknown): Bounded | null {
  const from = fields(value);
  const id = text(from?.['id']);
  const [from_ms, to_ms] = [bound(from?.['from']), bound(from?.['to'])];
  if (from === null || id === null || from_ms === undefined || to_ms === undefined) return null;
  return { id, from_ms, to_ms, zones: each(from['zones'], text) };
}

/** Media come from this hall's own server only: an address elsewhere is refused. */
function ownPath(value: unknown): string | null {
  const path = text(value);
  return path !== null && /^\/(?!\/)/.test(path) ? path : null;
}

function parseItem(value: unknown): MediaItem | null {
  const [item, from] = [bounded(value), fields(value)];
  const url = ownPath(from?.['url']);
  const type = TYPES.find((one) => one === from?.['type']);
  if (item === null || url === null || type === undefined) return null;
  const asked_s = from?.['shows_s'];
  const shows_s = typeof asked_s === 'number' && asked_s > 0 ? asked_s : SHOWS_USUAL_S;
  return { ...item, url, type, shows_s: Math.min(SHOWS_MAX_S, Math.max(SHOWS_MIN_S, shows_s)) };
}

function parseNotice(value: unknown): Notice | null {
  const [notice, from] = [bounded(value), fields(value)];
  const said = names(from?.['text']);
  if (notice === null || Object.keys(said).length === 0) return null;
  return { ...notice, style: from?.['style'] === 'ticker' ? 'ticker' : 'message', text: said };
}

export function parseProgramme(value: unknown): Programme {
  const from = fields(value);
  return {
    items: each(from?.['items'], parseItem).slice(0, ITEMS_MAX),
    notices: each(from?.['notices'], parseNotice).slice(0, ITEMS_MAX),
  };
}

/** Those that are on now, on a screen of these zones (none: the whole hall). Before the hall's time is known, only
    those without a time of their own. */
export function onNow<T extends Bounded>(all: readonly T[], zones: readonly string[], hall_ms: number | null): T[] {
  const inTime = ({ from_ms, to_ms }: T): boolean =>
    hall_ms === null ? from_ms === null && to_ms === null : (from_ms ?? hall_ms) <= hall_ms && hall_ms < (to_ms ?? Infinity);
  const inZone = (one: T): boolean => one.zones.length === 0 || zones.length === 0 || one.zones.some((zone) => zones.includes(zone));
  return all.filter((one) => inTime(one) && inZone(one));
}

/** The item after this one, round and round; null when there is none. */
export function itemAfter(items: readonly MediaItem[], id: string | null): MediaItem | null {
  const at = items.findIndex((item) => item.id === id);
  return items[(at + 1) % Math.max(1, items.length)] ?? null;
}
