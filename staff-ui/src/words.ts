// Words of the staff pages in the language the person chose, with the times they need.
// Must not decide what is said, only in which words.

import type { CodeView, Names, Problem, ZoneView } from '@khiw/ui-kit/api';
import { ageWords, clockTime, longDate } from '@khiw/ui-kit/format';
import {
  LANGUAGES,
  commonWords,
  count,
  dictionary,
  isLanguage,
  named,
  preferred,
  say,
  spoken,
  type Counted,
  type Facts,
  type Language,
} from '@khiw/ui-kit/words';
import { staffRefusal } from '@khiw/ui-kit/words/refusals-staff';

import devices_en from '../../config/locales/pages/devices/en.json';
import devices_th from '../../config/locales/pages/devices/th.json';
import devices_vi from '../../config/locales/pages/devices/vi.json';
import media_en from '../../config/locales/pages/media/en.json';
import media_th from '../../config/locales/pages/media/th.json';
import media_vi from '../../config/locales/pages/media/vi.json';
import staff_en from '../../config/locales/pages/staff/en.json';
import staff_th from '../../config/locales/pages/staff/th.json';
import staff_vi from '../../config/locales/pages/staff/vi.json';

// One dictionary from several files: no file is too long to be translated in one go.
const en = { ...staff_en, ...devices_en, ...media_en };
const th = { ...staff_th, ...devices_th, ...media_th };
const vi = { ...staff_vi, ...devices_vi, ...media_vi };
const dictionaries = dictionary<typeof en>({ en, th, vi });
export const STAFF_LANGUAGES: readonly Language[] = ['th', 'en', 'vi'];
const CHOSEN = 'khiw.staff.language';

type Dictionary = ReturnType<typeof dictionaries>;
type KeyOf<T> = { [K in keyof Dictionary]: Dictionary[K] extends T ? K : never }[keyof Dictionary];
export type StaffKey = KeyOf<string>;
export type CountedKey = KeyOf<Counted>;

export interface StaffWords {
  readonly language: Language;
  t(key: StaffKey, facts?: Facts): string;
  n(key: CountedKey, n: number): string;
  name(names: Names | null | undefined): string;
  code(codes: readonly CodeView[], code: string | null): string;
  /** One that the site has no more has only its id. */
  zone(zones: readonly ZoneView[], id: string): string;
  /** A visitor's language in its own name. */
  languageName(code: string | null): string;
  time(at: string | Date): string;
  date(at: Date): string;
  /** Whole minutes since, as the hall counts them. */
  minutes(duration_s: number): string;
  ago(age_ms: number): string;
  refusal(problem: Problem): string;
  /** `place` as the site has it, else the language's own word, and the label. */
  counter(counter: { place: Names; label: string }): string;
}

const TICKET_STATES = ['waiting', 'called', 'serving', 'parked', 'done', 'no_show', 'cancelled'] as const;

export function staffWords(language: Language, time_zone: string): StaffWords {
  const words = dictionaries(language);
  const common = commonWords(language);
  const t = (key: StaffKey, facts?: Facts): string => say(words[key], facts);
  const states = Object.fromEntries(TICKET_STATES.map((state) => [state, words[`ticket_${state}`]]));
  return {
    language,
    t,
    n: (key, n) => count(words[key], n),
    name: (names) => named(names, language),
    code: (codes, code) => named(codes.find((one) => one.code === code)?.name, language) || (code ?? ''),
    zone: (zones, id) => named(zones.find((one) => one.id === id)?.name, language) || id,
    languageName: (code) => (code !== null && isLanguage(code) ? LANGUAGES[code] : (code ?? '')),
    time: (at) => clockTime(at, time_zone),
    date: (at) => longDate(at, language, time_zone),
    minutes: (duration_s) =>
      duration_s < 60 ? t('under_minute') : count(common.minutes, Math.floor(duration_s / 60)),
    ago: (age_ms) => ageWords(age_ms, language),
    refusal: (problem) => staffRefusal(problem, language, states),
    counter: ({ place, label }) => `${place[language] ?? t('place')} ${label}`,
  };
}

/** What this browser's person chose before, else what the site speaks, else the browser's own. */
export function startLanguage(site_languages: readonly string[] | null): Language {
  const chosen = localStorage.getItem(CHOSEN);
  if (chosen !== null && isLanguage(chosen) && STAFF_LANGUAGES.includes(chosen)) return chosen;
  const own = site_languages === null ? undefined : spoken(site_languages)[0];
  return own !== undefined && STAFF_LANGUAGES.includes(own) ? own : preferred(STAFF_LANGUAGES, navigator.languages);
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(CHOSEN, language);
}
