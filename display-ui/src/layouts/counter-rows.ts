// One row for every counter of the screen's zones: the number that is at it, or in a word why there is none. Pure.

import { callKey } from '../lobby/board';
import type { Call, Desk, Names } from '../lobby/wire';
import type { CounterCard } from '../settings/counters';

/** What stands in the place of a number. */
export type CounterWord = 'open' | 'paused' | 'closed';

export type CounterRow = Counter & ({ readonly state: 'called'; readonly call: Call } | { readonly state: CounterWord; readonly call: null });

interface Counter {
  readonly id: string;
  readonly label: string;
  readonly place: Names;
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

/** A number whose ticket is done is nobody's any more. While nothing is told of the counters, the last call stands. */
function isAt(desk: Desk | 'closed' | null, call: Call | null): boolean {
  return desk === null || (desk !== 'closed' && desk.ticket === call?.ticket);
}

/** `calls` are newest first. A call whose turn it is never hides behind a word, however soon its counter was left. */
export function counterRows(
  counters: readonly CounterCard[],
  calls: readonly Call[],
  desks: readonly Desk[] | null,
  turn: string | null,
): CounterRow[] {
  const newest = calls[0];
  return withCallers(counters, calls).map(({ id, label, place }) => {
    const last = calls.find(({ counter }) => counter === id) ?? null;
    const is_glowing = last !== null && callKey(last) === turn;
    const desk = desks === null ? null : (desks.find((one) => one.id === id) ?? 'closed');
    const call = is_glowing || isAt(desk, last) ? last : null;
    const counter = { id, label, place, is_newest: call !== null && call === newest, is_glowing };
    if (call !== null) return { ...counter, state: 'called', call };
    return { ...counter, state: desk === 'closed' ? desk : (desk?.state ?? 'open'), call };
  });
}
