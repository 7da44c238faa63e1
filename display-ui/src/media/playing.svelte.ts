// The programme of this screen: fetched at the start, when staff changed it, and every five minutes; what is on now,
// and the projector that shows it. Must not stand in the way of calls: whatever fails here only shows less.

import { createApi } from '@khiw/ui-kit/api';

import { NOTHING_SHOWN, onNow, parseProgramme, type MediaItem, type Notice } from './programme';
import { Projector } from './projector.svelte';

const AGAIN_MS = 5 * 60_000;
const FILE_WITHIN_MS = 120_000;

async function load(url: string): Promise<Blob> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FILE_WITHIN_MS) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.blob();
}

function after(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}

export class Playing {
  readonly projector = new Projector({
    load,
    hold: (blob) => URL.createObjectURL(blob),
    release: (url) => URL.revokeObjectURL(url),
    after,
  });
  notices = $state.raw<readonly Notice[]>([]);
  /** Whether there is anything to show now, whether or not it can be shown. */
  items = $state.raw<readonly MediaItem[]>([]);

  readonly #api = createApi();
  #programme = NOTHING_SHOWN;
  #zones: readonly string[] = [];
  #again: () => void = () => {};

  constructor(private readonly site: string) {}

  start(): void {
    void this.refetch();
  }

  stop(): void {
    this.#again();
    this.projector.stop();
  }

  /** Answers once it is known whether there is something else to show. */
  async refetch(): Promise<void> {
    this.#again();
    this.#again = after(AGAIN_MS, () => void this.refetch());
    try {
      const zone = this.#zones.length === 1 ? this.#zones[0] : undefined;
      this.#programme = parseProgramme(await this.#api.shown(this.site, zone));
      this.projector.forgive();
    } catch {
      // What is known goes on.
    }
  }

  /** Several times a second: begins and ends what has its time. */
  beat(zones: readonly string[], hall_ms: number | null): void {
    const { items, notices } = this.#programme;
    this.#zones = zones;
    const now = { items: onNow(items, zones, hall_ms), notices: onNow(notices, zones, hall_ms) };
    if (!isSame(now.notices, this.notices)) this.notices = now.notices;
    if (isSame(now.items, this.items)) return;
    this.items = now.items;
    this.projector.show(now.items);
  }
}

/** The same things in the same order: then nothing on the screen is touched. */
function isSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}
