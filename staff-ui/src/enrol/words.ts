// What a device that comes in says: in three languages at once, for nobody can choose one on a screen without keyboard.

import { dictionary, preferred, say, type Facts, type Language } from '@khiw/ui-kit/words';

import en from '../../../config/locales/pages/enrol/en.json';
import th from '../../../config/locales/pages/enrol/th.json';
import vi from '../../../config/locales/pages/enrol/vi.json';

const dictionaries = dictionary<typeof en>({ en, th, vi });
const LANGUAGES: readonly Language[] = ['th', 'vi', 'en'];

export type EnrolKey = Exclude<keyof typeof en, 'reviewed'>;

export interface EnrolWords {
  readonly language: Language;
  t(key: EnrolKey, facts?: Facts): string;
}

/** The browser's own language first. */
export function enrolWords(wanted: readonly string[]): readonly EnrolWords[] {
  const first = preferred(LANGUAGES, wanted);
  return [first, ...LANGUAGES.filter((language) => language !== first)].map((language) => {
    const words = dictionaries(language);
    return { language, t: (key, facts) => say(words[key], facts) };
  });
}
