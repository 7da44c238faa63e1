// A word as it was recorded, before it is kept: the whole recording, and which part of it is the word. Pure.

import { evened } from './loudness';
import { OPUS_HZ } from './ogg';
import { wordIn, type Bounds } from './trim';

/** The server takes no longer clips. */
export const WORD_MS_MAX = 5_000;
export const WORD_MS_MIN = 80;
const BARS = 160;

export interface Take {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly word: Bounds;
  /** Height of the wave at equal steps, 0 to 1, for the eye. */
  readonly bars: readonly number[];
}

/** Null when nothing was said. */
export function takeOf(samples: Float32Array<ArrayBuffer>): Take | null {
  const word = wordIn(samples, OPUS_HZ);
  return word === null ? null : { samples, word, bars: barsOf(samples) };
}

/** The same recording with other ends, kept within it and in order. */
export function cutTo(take: Take, from_ms: number, to_ms: number): Take {
  const shortest = (WORD_MS_MIN * OPUS_HZ) / 1000;
  const from = Math.min(Math.max(0, inSamples(from_ms)), take.samples.length - shortest);
  const to = Math.min(Math.max(inSamples(to_ms), from + shortest), take.samples.length);
  return { ...take, word: { from, to } };
}

/** The word alone, at the common loudness: as it will be kept and heard. */
export function wordOfTake({ samples, word }: Take): Float32Array<ArrayBuffer> {
  return evened(samples.slice(word.from, word.to), OPUS_HZ);
}

export function lengthMs({ word }: Take): number {
  return inMs(word.to - word.from);
}

export function inMs(samples: number): number {
  return Math.round((samples * 1000) / OPUS_HZ);
}

function inSamples(ms: number): number {
  return Math.round((ms * OPUS_HZ) / 1000);
}

function barsOf(samples: Float32Array): number[] {
  const step = Math.max(1, Math.ceil(samples.length / BARS));
  const bars: number[] = [];
  for (let at = 0; at < samples.length; at += step) {
    bars.push(samples.subarray(at, at + step).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
  }
  const highest = Math.max(...bars, 1e-6);
  return bars.map((bar) => bar / highest);
}
