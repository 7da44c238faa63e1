// Fetches the text font before it is needed: a banner that says the line is cut comes too late to fetch its own.

import type { Language } from '../words/language';

const WEIGHTS = [400, 600, 700];
/** One letter of each part of the font: every language needs Latin, for its figures. */
const LATIN = 'a';
const BESIDE_LATIN: Partial<Record<Language, string>> = { th: 'ก', vi: 'ăạ' };
const EVERY_PART = LATIN + Object.values(BESIDE_LATIN).join('');

/** Letters that stand for the parts of Sarabun which a language is written with. */
export function lettersOf(language: Language): string {
  return LATIN + (BESIDE_LATIN[language] ?? '');
}

/** Each weight of Sarabun that pages use, its parts that hold `letters`. What cannot be had is left to the browser's
    own font: the promise resolves in any case. */
export async function loadFonts(letters: string = EVERY_PART): Promise<void> {
  const asked = WEIGHTS.map((weight) => document.fonts.load(`${weight} 1em Sarabun`, letters).catch(() => undefined));
  await Promise.all(asked);
}
