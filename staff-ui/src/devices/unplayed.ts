// Words of voices that a screen could not play, as it reports them (`th/polite`), in the words of people. Pure.

import type { Prompt } from '@khiw/ui-kit/api';

/** What each word of a language's voice says, by the word's name. */
export type WordTexts = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Unplayed {
  /** Null: the screen did not say of which voice. */
  readonly language: string | null;
  readonly token: string;
}

function unplayed(name: string): Unplayed {
  const [language = '', ...rest] = name.split('/');
  return rest.length === 0 ? { language: null, token: language } : { language, token: rest.join('/') };
}

export function textsOf(prompts: readonly Pick<Prompt, 'token' | 'text'>[]): ReadonlyMap<string, string> {
  return new Map(prompts.map(({ token, text }) => [token, text]));
}

/** Languages whose words have to be known to say what screens could not play. */
export function languagesIn(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => unplayed(name).language))].filter((language) => language !== null);
}

/** Each language for itself: `ไทย “ค่ะ”, “เอ” · English “seven”`. A word whose text is not known goes by its name. */
export function unplayedSaid(names: readonly string[], texts: WordTexts, languageName: (code: string) => string): string {
  const all = names.map(unplayed);
  const languages = [...new Set(all.map(({ language }) => language))];
  const of = (language: string | null) => {
    const words = all.filter((one) => one.language === language);
    const said = words.map(({ token }) => `“${(language === null ? undefined : texts.get(language)?.get(token)) ?? plain(token)}”`);
    return [...(language === null ? [] : [languageName(language)]), said.join(', ')].join(' ');
  };
  return languages.map(of).join(' · ');
}

/** A letter is what it is in every language. */
function plain(token: string): string {
  const letter = /^letter-([a-z])$/.exec(token)?.[1];
  return letter === undefined ? token : letter.toUpperCase();
}
