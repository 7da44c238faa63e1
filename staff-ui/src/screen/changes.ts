// What saving will change, in words: only fields that differ, each as it is and as it will be. Pure.

import type { ScreenSettings, SiteView } from '@khiw/ui-kit/api';

import type { StaffWords } from '../words';

export interface Change {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

interface Line {
  what: string;
  says(settings: ScreenSettings): string;
}

function lines(site: Pick<SiteView, 'counters' | 'zones'> | null, words: StaffWords): Line[] {
  const none = words.t('screen_set_none');
  const counter = (id: string | null) => {
    const found = site?.counters.find((one) => one.id === id);
    return found === undefined ? (id ?? none) : words.counter(found);
  };
  const zone = (id: string) => words.zone(site?.zones ?? [], id);
  const language = (code: string | null) => (code === null ? none : words.languageName(code));
  const hours = (from: string, to: string) => `${from.slice(0, 5)}–${to.slice(0, 5)}`;
  return [
    { what: words.t('screen_layout'), says: ({ layout }) => words.t(`layout_${layout}`) },
    { what: words.t('screen_counter'), says: (one) => counter(one.counter) },
    { what: words.t('screen_zones'), says: ({ zones }) => zones.map(zone).join(', ') || words.t('screen_set_whole') },
    { what: words.t('screen_theme'), says: ({ theme }) => words.t(`theme_${theme}`) },
    { what: words.t('screen_distance'), says: (one) => words.t('screen_metres', { n: one.distance_cm / 100 }) },
    {
      what: words.t('screen_height'),
      says: ({ height_mm }) => (height_mm === null ? words.t('height_unknown') : words.t('screen_mm', { n: height_mm })),
    },
    { what: words.t('screen_sound'), says: ({ sound }) => words.t(`sound_${sound.mode}`) },
    { what: words.t('screen_group'), says: ({ sound }) => sound.group ?? none },
    { what: words.t('screen_volume_label'), says: ({ sound }) => `${sound.volume_percent}%` },
    { what: words.t('screen_second'), says: ({ sound }) => language(sound.second_language) },
    { what: words.t('screen_times'), says: ({ sound }) => words.n('screen_times_n', sound.times) },
    {
      what: words.t('screen_quiet'),
      says: ({ sound }) => sound.quiet.map(({ from, to }) => hours(from, to)).join(', ') || none,
    },
  ];
}

export function changes(
  before: ScreenSettings,
  after: ScreenSettings,
  site: Pick<SiteView, 'counters' | 'zones'> | null,
  words: StaffWords,
): Change[] {
  return lines(site, words)
    .map(({ what, says }) => ({ what, from: says(before), to: says(after) }))
    .filter(({ from, to }) => from !== to);
}
