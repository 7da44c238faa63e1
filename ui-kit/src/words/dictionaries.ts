// Puts the files of `config/locales/pages` into typed dictionaries. English is complete and gives the shape; a
// language that lacks a word speaks it in English, openly, rather than showing a key.

import type { Language } from './language';

/** A JSON file widened: every text stays required, but a language may leave out `none` and `one`. */
export type Words<T> = { [K in keyof T]: T[K] extends string | boolean ? T[K] : { none?: string; one?: string; other: string } };

export type Files<T> = { en: Words<T> } & Partial<Record<Language, Partial<Words<T>>>>;

/** Answers the dictionary for a language. Each is merged once. */
export function dictionary<T extends object>(files: Files<T>): (language: string) => Words<T> {
  const merged = new Map<string, Words<T>>();
  return (language) => {
    let words = merged.get(language);
    if (words === undefined) {
      words = { ...files.en, ...files[language as Language] };
      merged.set(language, words);
    }
    return words;
  };
}
