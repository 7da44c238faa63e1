// The first seconds of a voice: calls wait for the clips they need, in order and for a bounded time, all together. Later
// ones are said with what is at hand. Pure: what is at hand and the time are given. Must not fetch anything.

import type { Call } from '../lobby/wire';
import { WAITING_MAX } from './queue';

/** From the first call that had to wait. */
export const FIRST_WORDS_MS = 8_000;
/** More calls than this do not wait: the queue makes mere chimes of them anyway. */
export const UNVOICED_MAX = WAITING_MAX;

export interface FirstWords {
  /** Calls whose clips are still coming, and those behind them; oldest first. */
  readonly unvoiced: readonly Call[];
  /** Null before a call had to wait. */
  readonly until_ms: number | null;
}

export const NO_WORDS_YET: FirstWords = { unvoiced: [], until_ms: null };

/** What can be said now: no call passes one before it. */
export function voiced(
  { unvoiced, until_ms }: FirstWords,
  isVoiced: (call: Call) => boolean,
  now_ms: number,
): { readonly calls: readonly Call[]; readonly words: FirstWords } {
  const first = unvoiced.findIndex((call) => !isVoiced(call));
  if (first < 0) return { calls: unvoiced, words: { unvoiced: [], until_ms } };
  const end_ms = until_ms ?? now_ms + FIRST_WORDS_MS;
  const many = now_ms >= end_ms || unvoiced.length > UNVOICED_MAX ? unvoiced.length : first;
  return { calls: unvoiced.slice(0, many), words: { unvoiced: unvoiced.slice(many), until_ms: end_ms } };
}

export function keepOnly(words: FirstWords, keeps: (call: Call) => boolean): FirstWords {
  return words.unvoiced.length === 0 ? words : { ...words, unvoiced: words.unvoiced.filter(keeps) };
}
