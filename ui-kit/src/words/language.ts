// The languages pages can speak, in their own names, and how a word in the right one is found. A language is added
// here and by its files in `config/locales/pages`.

import type { Names } from '../api/shapes';

export const LANGUAGES = {
  th: 'ไทย',
  en: 'English',
  vi: 'Tiếng Việt',
  ms: 'Bahasa Melayu',
  lo: 'ລາວ',
  my: 'မြန်မာ',
  zh: '中文',
} as const;

export type Language = keyof typeof LANGUAGES;

export function isLanguage(code: string): code is Language {
  return Object.hasOwn(LANGUAGES, code);
}

/** The site's languages that the pages know, the site's own first; English when none is known. */
export function spoken(codes: readonly string[]): Language[] {
  const known = codes.map((code) => code.split('-')[0] ?? code).filter(isLanguage);
  return known.length === 0 ? ['en'] : [...new Set(known)];
}

/** What a person's own device prefers, among what is offered. */
export function preferred(offered: readonly Language[], wanted: readonly string[]): Language {
  for (const code of wanted) {
    const language = code.split('-')[0] ?? '';
    if (isLanguage(language) && offered.includes(language)) return language;
  }
  return offered[0] ?? 'en';
}

/** A configured name in the wanted language, else English, else whatever there is. */
export function named(names: Names | null | undefined, language: string): string {
  if (!names) return '';
  return names[language] ?? names['en'] ?? Object.values(names)[0] ?? '';
}
