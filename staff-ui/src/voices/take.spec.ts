import { describe, expect, test } from 'vitest';

import { OPUS_HZ } from './ogg';
import { WORD_MS_MIN, cutTo, inMs, lengthMs, takeOf, wordOfTake } from './take';

/** Two seconds with a tone from 0.5 to 1 s. */
function recording(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 2 * OPUS_HZ }, (_, n) => {
    const second = n / OPUS_HZ;
    return second >= 0.5 && second < 1 ? 0.3 * Math.sin(2 * Math.PI * 220 * second) : 0;
  });
}

function taken() {
  const take = takeOf(recording());
  if (take === null) throw new Error('the tone is a word');
  return take;
}

const ends = ({ word }: { word: { from: number; to: number } }) => [inMs(word.from), inMs(word.to)];

describe('a take', () => {
  test('is the word in the recording, with its wave', () => {
    expect(ends(taken())).toEqual([460, 1_090]);
    expect(lengthMs(taken())).toBe(630);
    expect(taken().bars).toHaveLength(160);
    expect([taken().bars[10], taken().bars[60]]).toEqual([0, expect.closeTo(1, 1)]);
    expect(takeOf(new Float32Array(OPUS_HZ))).toBeNull();
  });

  test('has its ends moved, within the recording and in order', () => {
    expect(ends(cutTo(taken(), 400, 1_200))).toEqual([400, 1_200]);
    expect(ends(cutTo(taken(), -50, 9_000))).toEqual([0, 2_000]);
    expect(ends(cutTo(taken(), 1_000, 700))).toEqual([1_000, 1_000 + WORD_MS_MIN]);
    expect(ends(cutTo(taken(), 3_000, 3_000))).toEqual([2_000 - WORD_MS_MIN, 2_000]);
  });

  test('is kept as the word alone', () => {
    expect(inMs(wordOfTake(cutTo(taken(), 500, 1_000)).length)).toBe(500);
  });
});
