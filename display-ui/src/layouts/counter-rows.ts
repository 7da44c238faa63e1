// One row for every counter of the screen's zones: the number it called last, or in a word why there is none. Pure.

import { callKey } from '../lobby/board';
import type { Call, Names } from '../lobby/wire';
import type { CounterCard } from '../settings/counters';

export interface CounterRow {
  readonly id: string;
  readonly label: string;
  readonly place: Names;
  readonly state: 'called' | 'free' | 'closed';
  /** Null unless `called`. */
  readonly call: Call | null;
  readonly is_newest: boolean;
  /** Its turn: the highlight. */
  readonly is_glowing: boolean;
}

/** A counter that calls is a counter, whether or not the hall's list is known yet. */
function withCallers(counters: readonly CounterCard[], calls: readonly Call[]): CounterCard[] {
  const known = new Set(counters.map(({ id }) => id));
  const callers = calls
    .filter(({ counter }) => !known.has(counter) && known.add(counter))
    .map(({ counter, label, place, zone }) => ({ id: counter, label, place, zone }));
  return [...counters, ...callers];
}

/** `calls` are newest first. Somebody may be called before it is heard that the counter has opened: a call whose turn
    it is never hides behind the word “closed”. */
export function counterRows(
  counters: readonly CounterCard[],
  calls: readonly Call[],
  open_counters: readonly string[] | null,
  turn: string | null,
): CounterRow[] {
  const newest = calls[0];
  return withCallers(counters, calls).map(({ id, label, place }) => {
    const last = calls.find(({ counter }) => counter === id) ?? null;
    const is_glowing = last !== null && callKey(last) === turn;
    const is_closed = open_counters !== null && !open_counters.includes(id) && !is_glowing;
    const call = is_closed ? null : last;
    const state = is_closed ? 'closed' : call === null ? 'free' : 'called';
    return { id, label, place, state, call, is_newest: call !== null && call === newest, is_glowing };
  });
}
