// What the lobby reads from the wire, turned into its own types once, at this edge.
// Every item is parsed alone: one wrong item is left out (and counted), never the screen.
// Must not know the page, the clock or the network.

export type Names = Readonly<Record<string, string>>;

/** How a call is said in one language: clips of that language's voice, each after a silence. */
export interface Speech {
  readonly language: string;
  readonly tokens: readonly string[];
  readonly pauses_ms: readonly number[];
}

/** One announcement of a ticket at a counter. `at_ms` is hall time (epoch milliseconds). */
export interface Call {
  readonly ticket: number;
  readonly number: string;
  readonly counter: string;
  readonly label: string;
  readonly place: Names;
  /** Of its counter; null where the hall has no zones. */
  readonly zone: string | null;
  readonly attempt: number;
  readonly language: string;
  readonly queue: string;
  readonly at_ms: number;
  /** Empty when it is too old to be said, or the server has no words for it. */
  readonly speech: readonly Speech[];
}

/** Half of the visitors wait less than `p50_s`, nine of ten less than `p90_s`. */
export interface Estimate {
  readonly p50_s: number;
  readonly p90_s: number;
}

export interface QueueCount {
  readonly id: string;
  readonly name: Names;
  readonly letter: string;
  readonly waiting: number;
  readonly open: boolean;
  readonly suspended: boolean;
  readonly counters_open: number;
  /** The number that stands first in line. */
  readonly next: string | null;
  readonly estimate: Estimate | null;
}

/** A counter where somebody works now; the others are in no list. */
export interface Desk {
  readonly id: string;
  readonly state: 'open' | 'paused';
  /** Id of the ticket that is at the counter, called or being served. */
  readonly ticket: number | null;
}

export interface Notice {
  readonly code: NoticeCode;
  readonly queue: string | null;
}

export type NoticeCode =
  | 'queue_closed'
  | 'issuing_suspended'
  | 'issuing_resumed'
  | 'evacuation'
  | 'day_closed'
  | 'day_opened';

export type Frame =
  | {
      readonly type: 'snapshot';
      readonly calls: readonly Call[];
      readonly queues: readonly QueueCount[];
      /** Null: not said. */
      readonly desks: readonly Desk[] | null;
      /** The one that stands. */
      readonly notice: Notice | null;
      readonly announce_below_s: number;
      readonly simulated: boolean;
      readonly speed: number;
    }
  | { readonly type: 'call'; readonly call: Call }
  | { readonly type: 'withdrawn'; readonly ticket: number; readonly counter: string }
  | {
      readonly type: 'counts';
      readonly queues: readonly QueueCount[];
      /** Null: not said. */
      readonly desks: readonly Desk[] | null;
    }
  | ({ readonly type: 'notice' } & Notice);

const NOTICES: readonly string[] = [
  'queue_closed',
  'issuing_suspended',
  'issuing_resumed',
  'evacuation',
  'day_closed',
  'day_opened',
];

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
}

export function names(value: unknown): Names {
  const found: Record<string, string> = {};
  for (const [language, name] of Object.entries(fields(value) ?? {})) {
    const words = text(name);
    if (words !== null) found[language] = words;
  }
  return found;
}

/** A call without a number or a counter would send somebody nowhere: it is left out. */
export function parseCall(value: unknown): Call | null {
  const from = fields(value);
  if (from === null) return null;
  const number = text(from['number']);
  const counter = text(from['counter']);
  const at_ms = Date.parse(text(from['at']) ?? '');
  const ticket = from['ticket'];
  if (number === null || counter === null || typeof ticket !== 'number' || Number.isNaN(at_ms)) {
    return null;
  }
  const name = fields(from['counter_name']);
  return {
    ticket,
    number,
    counter,
    label: text(name?.['label']) ?? counter,
    place: names(name?.['place']),
    zone: text(from['zone']),
    attempt: count(from['attempt'], 1),
    language: text(from['language']) ?? '',
    queue: text(from['queue']) ?? '',
    at_ms,
    speech: each(from['speech'], parseSpeech),
  };
}

function parseSpeech(value: unknown): Speech | null {
  const from = fields(value);
  const language = text(from?.['language']);
  if (from === null || language === null) return null;
  const tokens = each(from['tokens'], text);
  // A phrase that lost one of its words would send somebody elsewhere.
  if (!Array.isArray(from['tokens']) || tokens.length !== from['tokens'].length) return null;
  return { language, tokens, pauses_ms: each(from['pauses_ms'], (pause) => count(pause, 0)) };
}

export function parseQueue(value: unknown): QueueCount | null {
  const from = fields(value);
  const id = text(from?.['id']);
  if (from === null || id === null) return null;
  return {
    id,
    name: names(from['name']),
    letter: text(from['letter']) ?? '?',
    waiting: count(from['waiting'], 0),
    open: from['open'] !== false,
    suspended: from['suspended'] === true,
    counters_open: count(from['counters_open'], 0),
    next: text(from['next']),
    estimate: parseEstimate(from['estimate']),
  };
}

function parseEstimate(value: unknown): Estimate | null {
  const from = fields(value);
  const [p50_s, p90_s] = [count(from?.['p50_s'], -1), count(from?.['p90_s'], -1)];
  return p50_s < 0 || p90_s < 0 ? null : { p50_s, p90_s };
}

export function each<T>(value: unknown, parse: (item: unknown) => T | null): T[] {
  if (!Array.isArray(value)) return [];
  return value.map(parse).filter((item): item is T => item !== null);
}

function parseDesk(value: unknown): Desk | null {
  const from = fields(value);
  const [id, ticket] = [text(from?.['id']), from?.['ticket']];
  if (from === null || id === null) return null;
  return { id, state: from['state'] === 'paused' ? 'paused' : 'open', ticket: typeof ticket === 'number' ? ticket : null };
}

function desks(value: unknown): Desk[] | null {
  return Array.isArray(value) ? each(value, parseDesk) : null;
}

/** Null: one this page has no words for. */
function parseNotice(value: unknown): Notice | null {
  const from = fields(value);
  const code = text(from?.['code']);
  if (from === null || code === null || !NOTICES.includes(code)) return null;
  return { code: code as NoticeCode, queue: text(from['queue']) };
}

/** `null`: a frame of no concern to the lobby (heartbeat, something newer than this page). */
export function parseFrame(value: unknown): Frame | null {
  const from = fields(value);
  if (from === null) return null;
  switch (from['type']) {
    case 'snapshot':
      return {
        type: 'snapshot',
        calls: each(from['calls'], parseCall),
        queues: each(from['queues'], parseQueue),
        desks: desks(from['desks']),
        notice: parseNotice(from['notice']),
        announce_below_s: count(from['announce_below_s'], 30),
        simulated: from['simulated'] === true,
        speed: Math.max(count(from['speed'], 1), 0),
      };
    case 'call': {
      // Some servers nest the call, ours flattens it; both are understood.
      const call = parseCall(fields(from['call']) ?? from);
      return call === null ? null : { type: 'call', call };
    }
    case 'withdrawn': {
      const ticket = from['ticket'];
      if (typeof ticket !== 'number') return null;
      return { type: 'withdrawn', ticket, counter: text(from['counter']) ?? '' };
    }
    case 'counts':
      return { type: 'counts', queues: each(from['queues'], parseQueue), desks: desks(from['desks']) };
    case 'notice': {
      const notice = parseNotice(from);
      return notice === null ? null : { type: 'notice', ...notice };
    }
    default:
      return null;
  }
}
