// Evens words to one loudness, so that a call made of many clips sounds like one sentence. Pure.

import { levelsOf } from './trim';

/** Of the louder half of a word: speech as it is usual on air. */
export const TARGET_DB = -20;
/** Nothing comes nearer to full scale: the encoder overshoots a little. */
export const PEAK_MAX = 0.89;
/** More would lift the room, not the word. */
const GAIN_MAX = 10 ** (24 / 20);
const FRAME_S = 0.02;
const FADE_S = 0.005;

/** A copy at the common loudness, with both ends faded so that no cut clicks. */
export function evened(samples: Float32Array, hz: number): Float32Array<ArrayBuffer> {
  const gain = gainOf(samples, hz);
  const fade = Math.min(Math.round(hz * FADE_S), Math.floor(samples.length / 2));
  return Float32Array.from(samples, (sample, at) => {
    const end = Math.min(at, samples.length - 1 - at);
    return sample * gain * (end < fade ? end / fade : 1);
  });
}

function gainOf(samples: Float32Array, hz: number): number {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  if (peak === 0) return 1;
  return Math.min(10 ** ((TARGET_DB - spokenDb(samples, hz)) / 20), PEAK_MAX / peak, GAIN_MAX);
}

/** The mean power of the louder half: pauses within a word do not make it seem soft. */
function spokenDb(samples: Float32Array, hz: number): number {
  const frame = Math.min(Math.round(hz * FRAME_S), samples.length);
  const levels = levelsOf(samples, frame).sort((a, b) => b - a);
  const louder = levels.slice(0, Math.max(1, Math.ceil(levels.length / 2)));
  const power = louder.reduce((sum, level) => sum + 10 ** (level / 10), 0) / louder.length;
  return 10 * Math.log10(power);
}
