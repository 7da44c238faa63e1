// Fetches the text font before it is needed: a banner that says the line is cut comes too late to fetch its own.

const WEIGHTS = [400, 600, 700];
/** One letter of each part of the font: Thai, Latin, and the two that Vietnamese needs. */
const LETTERS = 'กaăạ';

/** Each weight of Sarabun that pages use. What cannot be had is left to the browser's own font. */
export function loadFonts(): void {
  for (const weight of WEIGHTS) void document.fonts.load(`${weight} 1em Sarabun`, LETTERS).catch(() => undefined);
}
