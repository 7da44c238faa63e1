// The keys of the on-screen keyboard. Thai keys stand in the order of the alphabet, because visitors look for letters
// as in a dictionary, not as typists. The search needs neither tone marks nor diacritics, so few keys are enough.

import type { Language } from '@khiw/ui-kit/words';

export type Layout = 'thai' | 'latin';

export interface Keys {
  /** Rows of one-character keys. */
  letters: string[][];
  /** Vowels and marks, behind a key: together they would leave no room for what was found. */
  marks: string[][];
}

const row = (text: string): string[] => Array.from(text);

/** On the key that leads to a layout. */
export const LAYOUT_FACE: Record<Layout, string> = { thai: 'กขค', latin: 'ABC' };

export const KEYS: Record<Layout, Keys> = {
  thai: {
    letters: [row('กขคฆงจฉชซ'), row('ฌญฎฏฐฑฒณด'), row('ตถทธนบปผฝ'), row('พฟภมยรลวศ'), row('ษสหฬอฮฤะา')],
    marks: [row('ะาำเแโใไๆ'), row('ัิีึืุู็์'), row('่้๊๋12345'), row('67890')],
  },
  latin: { letters: [row('1234567890'), row('QWERTYUIOP'), row('ASDFGHJKL'), row('ZXCVBNM'), row('ĂÂĐÊÔƠƯ')], marks: [] },
};

/** Marks that need a letter to stand on when shown alone. */
export function keyFace(key: string): string {
  return /[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]/.test(key) ? `\u00a0${key}` : key;
}

/** The visitor's own letters first; the other layout is one touch away when the site speaks both. */
export function layouts(language: Language, spoken: readonly Language[]): Layout[] {
  if (!spoken.includes('th')) return ['latin'];
  return language === 'th' ? ['thai', 'latin'] : ['latin', 'thai'];
}

/** Vietnamese letters only where Vietnamese is spoken; `marks` turns to the vowels where a layout has them. */
export function rowsOf(layout: Layout, spoken: readonly Language[], marks: boolean): string[][] {
  const { letters, marks: others } = KEYS[layout];
  if (marks && others.length > 0) return others;
  return layout === 'latin' && !spoken.includes('vi') ? letters.slice(0, -1) : letters;
}
