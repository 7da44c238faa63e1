// Whose turn it is to be highlighted: announcements one after another, each with its own time.
// Pure; times are the page's monotonic milliseconds. Never waits for sound: while a call is being said the page shows
// the voice's turn instead.

import { callKey } from './board';
import type { Call } from './wire';

/** A highlight's full length (LOOK.md). */
export const TURN_MS = 8_000;
/** What a turn gets at least when others wait: the eye needs it, and the chime fits in. */
export const TURN_SHORT_MS = 3_000;
/** More than this waiting: the oldest are only listed. Nobody is helped by announcements a minute late. */
export const WAITING_MAX = 6;

export interface Turn {
  readonly call: Call;
  readonly key: string;
  readonly started_ms: number;
}

export interface Turns {
  readonly current: Turn | null;
  readonly waiting: readonly Call[];
}

export const NO_TURNS: Turns = { current: null, waiting: [] };

export function announce(turns: Turns, calls: readonly Call[], now_ms: number): Turns {
  const waiting = [...turns.waiting, ...calls].slice(-WAITING_MAX);
  return advance({ ...turns, waiting }, now_ms);
}

/** A call that no longer stands on the board is neither highlighted nor announced later. */
export function keepOnly(turns: Turns, listed: ReadonlySet<string>, now_ms: number): Turns {
  const waiting = turns.waiting.filter((call) => listed.has(callKey(call)));
  const current = turns.current !== null && listed.has(turns.current.key) ? turns.current : null;
  return advance({ current, waiting }, now_ms);
}

/** Ends a turn that has had its time and begins the next; the same value when nothing changes. */
export function advance(turns: Turns, now_ms: number): Turns {
  const current = turns.current;
  if (current !== null) {
    const length_ms = turns.waiting.length > 0 ? TURN_SHORT_MS : TURN_MS;
    if (now_ms - current.started_ms < length_ms) return turns;
  }
  const [call, ...waiting] = turns.waiting;
  if (call === undefined) return current === null ? turns : NO_TURNS;
  return { current: { call, key: callKey(call), started_ms: now_ms }, waiting };
}

/** When `advance` has something to do, or null. */
export function nextDue(turns: Turns): number | null {
  if (turns.current === null) return null;
  return turns.current.started_ms + (turns.waiting.length > 0 ? TURN_SHORT_MS : TURN_MS);
}
