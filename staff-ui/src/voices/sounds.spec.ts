// Trimming and loudness on sounds made for the purpose.
import { describe, expect, test } from 'vitest';

import { PEAK_MAX, TARGET_DB, evened } from './loudness';
import { levelsOf, wordIn } from './trim';

const HZ = 48_000;
const at = (seconds: number): number => Math.round(seconds * HZ);

/** A second and a half of a room, with tones of this loudness in it: [from, to, amplitude]. */
function recording(tones: [number, number, number][], room = 0.0005, length_s = 1.5): Float32Array {
  let seed = 1;
  const noise = (): number => {
    seed = (seed * 16807) % 2147483647;
    return (seed / 2147483647) * 2 - 1;
  };
  return Float32Array.from({ length: at(length_s) }, (_, n) => {
    const second = n / HZ;
    const tone = tones.find(([from, to]) => second >= from && second < to);
    return noise() * room + (tone === undefined ? 0 : tone[2] * Math.sin(2 * Math.PI * 220 * second));
  });
}

const seconds = (samples: Float32Array) => {
  const bounds = wordIn(samples, HZ);
  return bounds === null ? null : [bounds.from / HZ, bounds.to / HZ];
};

describe('finding the word in a recording', () => {
  test('silence at both ends is left out, a little is kept around the word', () => {
    const [from, to] = seconds(recording([[0.5, 1, 0.3]])) ?? [];
    expect(from).toBeCloseTo(0.46, 2);
    expect(to).toBeCloseTo(1.09, 2);
  });

  test('the click of the key that began and ended the recording is no word', () => {
    const [from, to] = seconds(recording([[0.02, 0.04, 0.8], [0.5, 1, 0.3], [1.4, 1.43, 0.8]])) ?? [];
    expect(from).toBeCloseTo(0.46, 2);
    expect(to).toBeCloseTo(1.09, 2);
  });

  test('a word of two parts, with the mouth shut between them, is one', () => {
    const [from, to] = seconds(recording([[0.3, 0.6, 0.3], [0.8, 1.1, 0.3]])) ?? [];
    expect(from).toBeCloseTo(0.26, 2);
    expect(to).toBeCloseTo(1.19, 2);
  });

  test('in a noisy room the word is still found', () => {
    const [from, to] = seconds(recording([[0.5, 1, 0.3]], 0.03)) ?? [];
    expect(from).toBeCloseTo(0.46, 1);
    expect(to).toBeCloseTo(1.09, 1);
  });

  test('a soft voice is found', () => {
    expect(seconds(recording([[0.5, 1, 0.02]], 0.0002))?.[0]).toBeCloseTo(0.46, 2);
  });

  test.each([
    ['a room', recording([])],
    ['a click', recording([[0.5, 0.52, 0.8]])],
    ['nothing', new Float32Array()],
    ['a microphone that is off', new Float32Array(at(1))],
  ])('%s is no word', (_, samples) => {
    expect(wordIn(samples, HZ)).toBeNull();
  });

  test('a word that fills the whole recording is kept whole', () => {
    expect(seconds(recording([[0, 1.5, 0.3]]))).toEqual([0, 1.5]);
  });
});

describe('one loudness', () => {
  const level = (samples: Float32Array): number => Math.max(...levelsOf(samples, at(0.1)));

  test.each([0.02, 0.1, 0.5])('a word said at %f is as loud as the others', (amplitude) => {
    expect(level(evened(recording([[0, 1, amplitude]], 0, 1), HZ))).toBeCloseTo(TARGET_DB, 0);
  });

  test('a pause within a word does not make the rest louder', () => {
    expect(level(evened(recording([[0, 0.3, 0.1], [0.7, 1, 0.1]], 0, 1), HZ))).toBeCloseTo(TARGET_DB, 0);
  });

  test('nothing is driven beyond full scale, and silence stays silence', () => {
    const peaky = recording([[0, 1, 0.01], [0.5, 0.501, 0.9]], 0, 1);
    expect(Math.max(...evened(peaky, HZ).map(Math.abs))).toBeLessThanOrEqual(PEAK_MAX + 1e-6);
    expect(evened(new Float32Array(100), HZ).every((sample) => sample === 0)).toBe(true);
  });

  test('both ends are faded', () => {
    const word = evened(new Float32Array(at(0.5)).fill(0.3), HZ);
    expect([word[0], word.at(-1)]).toEqual([0, 0]);
  });
});
