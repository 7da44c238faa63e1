import { describe, expect, test } from 'vitest';

import { commonWords } from '../words/common';
import { rangeMin, rangeWords } from './wait';

const plain = (text: string) => text.replaceAll('\u2060', '').replaceAll('\u00a0', ' ');
const thai = (p50_s: number, p90_s: number) => plain(rangeWords({ p50_s, p90_s }, commonWords('th')));

describe('a wait as a range', () => {
  test.each([
    [600, 900, 'ประมาณ 10–15 นาที'],
    [0, 240, 'ไม่เกิน 4 นาที'],
    [30, 50, 'ไม่เกิน 1 นาที'],
    [0, 0, 'ไม่เกิน 1 นาที'],
    [540, 540, 'ประมาณ 9 นาที'],
    [1_090, 1_690, 'ประมาณ 15–30 นาที'],
    [4_300, 6_100, 'ประมาณ 70–105 นาที'],
    [7_500, 9_900, 'ประมาณ 2–3 ชั่วโมง'],
  ])('%i–%i s', (p50_s, p90_s, expected) => {
    expect(thai(p50_s, p90_s)).toBe(expected);
  });

  test('is rounded outwards, so that the promise is kept', () => {
    for (let p50_s = 0; p50_s < 7_000; p50_s += 37) {
      const p90_s = p50_s * 1.4 + 11;
      const { lo, hi } = rangeMin({ p50_s, p90_s });
      expect(lo * 60).toBeLessThanOrEqual(p50_s);
      expect(hi * 60).toBeGreaterThanOrEqual(p90_s);
    }
  });

  test('nothing known is said openly', () => {
    expect(rangeWords(null, commonWords('en'))).toBe('wait not known yet');
  });
});
