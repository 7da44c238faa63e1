// Every character of our words has a font in the bundle: bare machines would show boxes.
import { readFileSync } from 'node:fs';

import { LANGUAGES } from '@khiw/ui-kit/words';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const ranges = [...(read('world-fonts.css') + read('../../ui-kit/src/styles/fonts.css')).matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/gi)].map(
  ([, from = '', to = from]) => [parseInt(from, 16), parseInt(to, 16)] as const,
);
/** Invisible joiners need no glyph. */
const INVISIBLE = /[\s\u2060\u200b-\u200d]/;

test.each(Object.keys(LANGUAGES))('%s', (language) => {
  const words = ['kiosk', 'common'].map((folder) => read(`../../config/locales/pages/${folder}/${language}.json`));
  const letters = new Set(JSON.stringify(words.map((text) => JSON.parse(text))) + LANGUAGES[language as keyof typeof LANGUAGES]);
  const missing = [...letters].filter((letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return !INVISIBLE.test(letter) && !ranges.some(([from, to]) => from <= code && code <= to);
  });
  expect(missing).toEqual([]);
});
