// The last board, kept in the browser so that a screen that starts without a network shows
// something true and says how old it is. Must not be trusted more than the wire: it is parsed again.

import { EMPTY_BOARD, type Board } from './board';
import { parseFrame } from './wire';

const FORMAT = 1;
/** Older than this it tells nobody anything. */
export const KEEP_MS = 12 * 60 * 60 * 1000;

export interface Remembered {
  readonly board: Board;
  readonly position: string | null;
  /** Wall clock of this machine when it was kept. */
  readonly saved_ms: number;
  /** The site's card as the server gave it, unparsed. */
  readonly site: unknown;
  /** Of an enrolled screen; null for others. */
  readonly settings: unknown;
}

type Store = Pick<Storage, 'getItem' | 'setItem'>;

function key(site: string): string {
  return `khiw.lobby.${site}`;
}

export function remember(store: Store, site: string, what: Remembered): void {
  const { board } = what;
  const kept = {
    format: FORMAT,
    saved_ms: what.saved_ms,
    position: what.position,
    site: what.site,
    settings: what.settings,
    snapshot: {
      type: 'snapshot',
      announce_below_s: board.announce_below_s,
      simulated: board.simulated,
      speed: board.speed,
      queues: board.queues,
      desks: board.desks,
      notice: board.notice,
      calls: board.calls.map((call) => ({
        ...call,
        at: new Date(call.at_ms).toISOString(),
        counter_name: { place: call.place, label: call.label },
      })),
    },
  };
  try {
    store.setItem(key(site), JSON.stringify(kept));
  } catch {
    // Full or forbidden: the screen works without a memory.
  }
}

function unparsed(kept: Record<string, unknown>): Pick<Remembered, 'site' | 'settings'> {
  return { site: kept['site'] ?? null, settings: kept['settings'] ?? null };
}

export function recall(store: Store, site: string, now_ms: number): Remembered | null {
  try {
    const kept = JSON.parse(store.getItem(key(site)) ?? 'null') as Record<string, unknown> | null;
    if (kept === null || kept['format'] !== FORMAT) return null;
    const saved_ms = kept['saved_ms'];
    if (typeof saved_ms !== 'number' || now_ms - saved_ms > KEEP_MS) return null;
    const frame = parseFrame(kept['snapshot']);
    if (frame?.type !== 'snapshot') return null;
    const { type: _, ...board } = frame;
    const position = typeof kept['position'] === 'string' ? kept['position'] : null;
    return { board: { ...EMPTY_BOARD, ...board }, position, saved_ms, ...unparsed(kept) };
  } catch {
    return null;
  }
}
