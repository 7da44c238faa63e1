// A screen's settings as a form holds them, and back: what is typed may be unfinished, what is sent may not. Pure.

import type { ScreenLayout, ScreenSettings, ScreenTheme, SoundMode } from '@khiw/ui-kit/api';

export const LAYOUTS: readonly ScreenLayout[] = ['calls', 'counters', 'queues', 'counter', 'split'];
export const THEMES: readonly ScreenTheme[] = ['dark', 'light'];
export const MODES: readonly SoundMode[] = ['voice', 'chime', 'off'];
export const TIMES = [1, 2, 3] as const;
export const QUIET_MAX = 8;
export const GROUP_LENGTH_MAX = 40;
const DISTANCE_CM = [50, 3_000] as const;
const HEIGHT_MM = [50, 3_000] as const;
const MM_IN_INCH = 25.4;

/** Width to height, as the screen hangs. */
export const ASPECTS = { '16:9': [16, 9], '9:16': [9, 16], '16:10': [16, 10], '10:16': [10, 16], '4:3': [4, 3] } as const;
export type Aspect = keyof typeof ASPECTS;

export interface Draft {
  layout: ScreenLayout;
  zones: string[];
  counter: string | null;
  theme: ScreenTheme;
  /** Null: the field is empty. */
  distance_m: number | null;
  height: { by: 'unknown' | 'mm' | 'diagonal'; mm: number | null; inches: number | null; aspect: Aspect };
  sound: {
    mode: SoundMode;
    group: string;
    volume_percent: number;
    second_language: string | null;
    times: number;
    /** `12:00`, as the browser's field has it. */
    quiet: { from: string; to: string }[];
  };
}

/** Where a problem stands. */
export type Field = 'counter' | 'distance' | 'height' | 'group' | 'quiet' | 'zones' | 'layout' | 'second' | 'volume' | 'times';

export function draftOf(settings: ScreenSettings): Draft {
  const { layout, zones, counter, theme, distance_cm, height_mm, sound } = settings;
  return {
    layout,
    zones: [...zones],
    counter,
    theme,
    distance_m: distance_cm / 100,
    height: { by: height_mm === null ? 'unknown' : 'mm', mm: height_mm, inches: null, aspect: '16:9' },
    sound: {
      ...sound,
      group: sound.group ?? '',
      quiet: sound.quiet.map(({ from, to }) => ({ from: from.slice(0, 5), to: to.slice(0, 5) })),
    },
  };
}

/** Of the lit picture; null: not known, or not stated yet. */
export function heightMm({ by, mm, inches, aspect }: Draft['height']): number | null {
  if (by === 'unknown') return null;
  if (by === 'mm') return mm === null ? null : Math.round(mm);
  const [wide, tall] = ASPECTS[aspect];
  return inches === null ? null : Math.round((inches * MM_IN_INCH * tall) / Math.hypot(wide, tall));
}

/** Fields that may not be sent as they stand. */
export function wrongFields(draft: Draft): Field[] {
  const wrong: Field[] = [];
  const within = (value: number | null, [least, most]: readonly [number, number]) =>
    value !== null && value >= least && value <= most;
  if (draft.layout === 'counter' && draft.counter === null) wrong.push('counter');
  if (!within(draft.distance_m === null ? null : draft.distance_m * 100, DISTANCE_CM)) wrong.push('distance');
  if (draft.height.by !== 'unknown' && !within(heightMm(draft.height), HEIGHT_MM)) wrong.push('height');
  if ([...draft.sound.group.trim()].length > GROUP_LENGTH_MAX) wrong.push('group');
  if (draft.sound.quiet.some(({ from, to }) => from === '' || to === '' || from === to)) wrong.push('quiet');
  return wrong;
}

/** Null while something is wrong. */
export function settingsOf(draft: Draft): ScreenSettings | null {
  if (draft.distance_m === null || wrongFields(draft).length > 0) return null;
  const group = draft.sound.group.trim();
  return {
    layout: draft.layout,
    zones: [...draft.zones],
    counter: draft.layout === 'counter' ? draft.counter : null,
    theme: draft.theme,
    distance_cm: Math.round(draft.distance_m * 100),
    height_mm: heightMm(draft.height),
    sound: {
      ...draft.sound,
      group: group === '' ? null : group,
      quiet: draft.sound.quiet.map(({ from, to }) => ({ from: `${from}:00`, to: `${to}:00` })),
    },
  };
}

const FIELD_OF: Readonly<Record<string, Field>> = {
  layout: 'layout',
  zones: 'zones',
  counter: 'counter',
  distance_cm: 'distance',
  height_mm: 'height',
  'sound.group': 'group',
  'sound.volume_percent': 'volume',
  'sound.second_language': 'second',
  'sound.times': 'times',
  'sound.quiet': 'quiet',
};

/** Which field a refusal of the server is about, by the name it gives. */
export function fieldNamed(name: unknown): Field | null {
  if (typeof name !== 'string') return null;
  return FIELD_OF[name] ?? FIELD_OF[`sound.${name}`] ?? null;
}

/** The real page, silent and without a trace, with these settings. */
export function previewPath(site: string, settings: ScreenSettings): string {
  return `/display/${encodeURIComponent(site)}?preview=1&settings=${encodeURIComponent(JSON.stringify(settings))}`;
}
