// The lobby speaks the site's own language, and English in small beside it where that helps a stranger.
// Must not decide what is said, only in which words.

import type { SiteView } from '@khiw/ui-kit/api';
import { ageWords, clockTime, rangeWords, shortDate } from '@khiw/ui-kit/format';
import {
  commonWords, dictionary, isLanguage, named, preferred, say, spoken, type Facts, type Language,
} from '@khiw/ui-kit/words';

import en from '../../../config/locales/pages/display/en.json';
import th from '../../../config/locales/pages/display/th.json';
import vi from '../../../config/locales/pages/display/vi.json';
import type { Estimate, Names } from './wire';

const dictionaries = dictionary<typeof en>({ en, th, vi });
const SPOKEN: readonly Language[] = ['th', 'en', 'vi'];
const STRANGERS: Language = 'en';

export type LobbyKey = Exclude<keyof typeof en, 'reviewed'>;

/** `second` is empty where the first language is already English. */
export interface Said {
  readonly first: string;
  readonly second: string;
}

export interface LobbyWords {
  readonly language: Language;
  readonly isBilingual: boolean;
  /** Language of what is second. */
  readonly strangers: Language;
  first(key: LobbyKey, facts?: Facts): string;
  second(key: LobbyKey, facts?: Facts): string;
  both(key: LobbyKey, facts?: Facts): Said;
  /** The place word of a counter, or the language's own. */
  place(names: Names): Said;
  stale(age_ms: number): Said;
  /** A configured name, and in the second language where it is another. */
  name(names: Names): Said;
  /** A promised wait as a range; empty when none is known. */
  wait(estimate: Estimate | null): string;
  siteName(): string;
  siteNameSecond(): string;
  time(at: Date): string;
  date(at: Date): string;
}

/** Before anything is known of the site, this machine's own language is the best guess. */
function ownLanguage(site: SiteView | null): Language {
  if (site === null) return preferred(SPOKEN, navigator.languages);
  const language = spoken(site.languages)[0];
  return language !== undefined && isLanguage(language) ? language : STRANGERS;
}

export function lobbyWords(site: SiteView | null): LobbyWords {
  const language = ownLanguage(site);
  const isBilingual = language !== STRANGERS;
  const time_zone = site?.time_zone ?? 'Asia/Bangkok';
  const first = (key: LobbyKey, facts?: Facts): string => say(dictionaries(language)[key], facts);
  const second = (key: LobbyKey, facts?: Facts): string =>
    isBilingual ? say(dictionaries(STRANGERS)[key], facts) : '';
  const nameIn = (names: Names): Said => {
    const [name, strange] = [named(names, language), isBilingual ? (names[STRANGERS] ?? '') : ''];
    return { first: name, second: strange === name ? '' : strange };
  };
  return {
    language,
    isBilingual,
    strangers: STRANGERS,
    first,
    second,
    both: (key, facts) => ({ first: first(key, facts), second: second(key, facts) }),
    place: (names) => {
      const strangers = isBilingual ? (names[STRANGERS] ?? second('place')) : '';
      return { first: names[language] ?? first('place'), second: strangers };
    },
    stale: (age_ms) => ({
      first: first('stale', { age: ageWords(age_ms, language) }),
      second: second('stale', { age: ageWords(age_ms, STRANGERS) }),
    }),
    name: nameIn,
    wait: (estimate) => (estimate === null ? '' : rangeWords(estimate, commonWords(language))),
    siteName: () => nameIn(site?.name ?? {}).first,
    siteNameSecond: () => nameIn(site?.name ?? {}).second,
    time: (at) => clockTime(at, time_zone),
    date: (at) => shortDate(at, language, time_zone),
  };
}
