// A promised wait is a range, never a point. Minutes are rounded outwards so that the range is kept, and coarser when
// it is long, because nobody waits 37 to 52 minutes.

import type { Estimate } from '../api/shapes';
import type { CommonWords } from '../words/common';
import { say, unbroken } from '../words/say';

export interface Range {
  lo: number;
  hi: number;
}

/** Whole minutes; multiples of five above a quarter of an hour. `lo` may be 0, `hi` is at least 1. */
export function rangeMin(estimate: Estimate): Range {
  const from = Math.max(0, Math.min(estimate.p50_s, estimate.p90_s)) / 60;
  const to = Math.max(1, Math.max(estimate.p50_s, estimate.p90_s) / 60);
  const grain = to > 15 ? 5 : 1;
  return { lo: Math.floor(from / grain) * grain, hi: Math.ceil(to / grain) * grain };
}

/** “ประมาณ 10–15 นาที”; says openly when nothing is known. */
export function rangeWords(estimate: Estimate | null, words: CommonWords): string {
  if (estimate === null) return words.wait_unknown;
  const { lo, hi } = rangeMin(estimate);
  if (lo >= 120) {
    const hours = { lo: Math.floor(lo / 60), hi: Math.ceil(hi / 60) };
    return unbroken(say(hours.lo === hours.hi ? words.wait_hours_about : words.wait_hours, { ...hours }));
  }
  const template = lo === 0 ? words.wait_under : lo === hi ? words.wait_about : words.wait_range;
  return unbroken(say(template, { lo, hi }));
}
