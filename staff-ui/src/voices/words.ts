// Words of the page where a voice is recorded.

import { count, dictionary, say, type Counted, type Facts, type Language } from '@khiw/ui-kit/words';

import en from '../../../config/locales/pages/voices/en.json';
import th from '../../../config/locales/pages/voices/th.json';
import vi from '../../../config/locales/pages/voices/vi.json';

const dictionaries = dictionary<typeof en>({ en, th, vi });

type Dictionary = ReturnType<typeof dictionaries>;
type KeyOf<T> = { [K in keyof Dictionary]: Dictionary[K] extends T ? K : never }[keyof Dictionary];
export type VoiceKey = KeyOf<string>;

export interface VoiceWords {
  v(key: VoiceKey, facts?: Facts): string;
  many(key: KeyOf<Counted>, n: number): string;
}

export function voiceWords(language: Language): VoiceWords {
  const words = dictionaries(language);
  return { v: (key, facts) => say(words[key], facts), many: (key, n) => count(words[key], n) };
}
