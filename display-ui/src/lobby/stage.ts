// Which calls stand large: the newest, and a second one while both are new to people.
// Pure. Must not decide what is announced (turns.ts) or kept (board.ts).

import { callKey } from './board';
import type { Turns } from './turns';
import type { Call } from './wire';

/** Two calls nearer than this stand large together. */
export const TOGETHER_MS = 20_000;

export interface Stage {
  /** One or two, newest first; empty before the first call. */
  readonly large: readonly Call[];
  /** The calls before them, newest first. */
  readonly earlier: readonly Call[];
}

/**
 * `arrived_ms` tells when a call reached this screen (monotonic): a hall clock that runs
 * twenty times as fast would otherwise part calls that people see together.
 */
export function stage(
  calls: readonly Call[],
  turns: Turns,
  arrived_ms: ReadonlyMap<string, number>,
  now_ms: number,
): Stage {
  const [newest, second] = calls;
  if (newest === undefined) return { large: [], earlier: [] };
  if (second === undefined) return { large: [newest], earlier: [] };
  const pending = new Set([turns.current?.key, ...turns.waiting.map(callKey)]);
  const second_key = callKey(second);
  const arrived = arrived_ms.get(second_key);
  const is_new = arrived !== undefined && now_ms - arrived < TOGETHER_MS;
  const both = is_new || pending.has(second_key);
  return both
    ? { large: [newest, second], earlier: calls.slice(2) }
    : { large: [newest], earlier: calls.slice(1) };
}

/** The call that is being said stands large too, in the place of the second one: nobody hears a number and sees others. */
export function withSaid(stage: Stage, said: string | null): Stage {
  const call = stage.earlier.find((earlier) => callKey(earlier) === said);
  if (call === undefined) return stage;
  const rest = stage.earlier.filter((earlier) => earlier !== call);
  return { large: [...stage.large.slice(0, 1), call], earlier: [...stage.large.slice(1), ...rest] };
}
