// A queue's colour-blind-safe hue follows its letter, the same on every page, whatever the order of the list.
// The hue is decoration: the letter always stands beside it.

export const HUES = 8;

/** 0–7, for the CSS custom property `--hue-N` or the class `hue-N`. */
export function queueHue(letter: string): number {
  const code = letter.trim().toUpperCase().codePointAt(0) ?? 65;
  return Math.abs(code - 65) % HUES;
}
