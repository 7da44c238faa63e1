// Where in a recording the word is: silence, breath and the click of a key at both ends are left out. Pure.

export interface Bounds {
  /** Samples; `to` is the first one behind the word. */
  readonly from: number;
  readonly to: number;
}

const FRAME_S = 0.01;
/** Shorter sounds are clicks, not words. */
const WORD_FRAMES_MIN = 5;
/** Silent frames within a word: a stop consonant is silent while the mouth is shut. */
const GAP_FRAMES_MAX = 25;
/** Kept around the word: a soft beginning, and an ending that fades. */
const BEFORE_S = 0.04;
const AFTER_S = 0.09;
/** This far below the loudest frame nothing belongs to the word. */
const BELOW_LOUDEST_DB = 34;
/** This far above the room's own noise something is said. */
const ABOVE_ROOM_DB = 9;
/** Softer than this is a room, or a microphone that is off. */
const SILENCE_DB = -55;

/** Null when nothing was said. */
export function wordIn(samples: Float32Array, hz: number): Bounds | null {
  const frame = Math.round(hz * FRAME_S);
  const levels = levelsOf(samples, frame);
  const loudest = Math.max(...levels, -Infinity);
  if (loudest < SILENCE_DB) return null;
  const room = [...levels].sort((a, b) => a - b)[Math.floor(levels.length / 10)] ?? -Infinity;
  // In a noisy room the word must still be let through: never nearer to its loudest part than this.
  const floor = Math.min(Math.max(loudest - BELOW_LOUDEST_DB, room + ABOVE_ROOM_DB), loudest - 12);
  const words = runsAbove(levels, floor).filter(({ from, to }) => to - from >= WORD_FRAMES_MIN);
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    from: Math.max(0, first.from * frame - Math.round(hz * BEFORE_S)),
    to: Math.min(samples.length, last.to * frame + Math.round(hz * AFTER_S)),
  };
}

/** Level of each frame in dB below full scale. */
export function levelsOf(samples: Float32Array, frame: number): number[] {
  const levels: number[] = [];
  for (let at = 0; at + frame <= samples.length; at += frame) {
    let sum = 0;
    for (let n = at; n < at + frame; n += 1) sum += (samples[n] ?? 0) ** 2;
    levels.push(10 * Math.log10(sum / frame + 1e-12));
  }
  return levels;
}

function runsAbove(levels: readonly number[], floor: number): Bounds[] {
  const runs: { from: number; to: number }[] = [];
  for (const [index, level] of levels.entries()) {
    if (level < floor) continue;
    const last = runs.at(-1);
    if (last !== undefined && index - last.to <= (isClick(last) ? 0 : GAP_FRAMES_MAX)) last.to = index + 1;
    else runs.push({ from: index, to: index + 1 });
  }
  return runs;
}

/** A click is not joined to the word by the gap that a word may have within. */
function isClick({ from, to }: Bounds): boolean {
  return to - from < WORD_FRAMES_MIN;
}
