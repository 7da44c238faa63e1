// What an administrator chose for this screen, parsed once: from the live line or from the page's address.
// A value that cannot be used is a problem beside the settings and the default stands in its place; a screen never
// stays dark because one setting is wrong. Pure.

export const LAYOUTS = ['calls', 'counters', 'queues', 'counter', 'split'] as const;
export type Layout = (typeof LAYOUTS)[number];

export const THEMES = ['dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

export const SOUND_MODES = ['voice', 'chime', 'off'] as const;
export type SoundMode = (typeof SOUND_MODES)[number];

/** Hall time, `HH:MM:SS`. `from` may be later than `to`: then it lasts over midnight. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

export interface SoundSettings {
  readonly mode: SoundMode;
  /** Screens within earshot of each other; null: heard alone. */
  readonly group: string | null;
  readonly volume_percent: number;
  readonly second_language: string | null;
  readonly times: number;
  readonly quiet: readonly QuietHours[];
}

export interface ScreenSettings {
  readonly layout: Layout;
  /** Empty: the whole hall. */
  readonly zones: readonly string[];
  /** The desk below the screen, for the layout `counter`. */
  readonly counter: string | null;
  readonly theme: Theme;
  /** From the farthest reader's eyes. */
  readonly distance_cm: number;
  /** Of the lit picture; null: unknown. */
  readonly height_mm: number | null;
  readonly sound: SoundSettings;
}

export const DEFAULT_SETTINGS: ScreenSettings = {
  layout: 'calls',
  zones: [],
  counter: null,
  theme: 'dark',
  distance_cm: 800,
  height_mm: null,
  sound: { mode: 'voice', group: null, volume_percent: 80, second_language: null, times: 1, quiet: [] },
};

export interface SettingsProblem {
  /** As in the JSON, `sound.times`; empty when the whole could not be read. */
  readonly field: string;
  readonly code: 'unreadable' | 'unknown_field' | 'wrong_value';
}

export interface ParsedSettings {
  readonly settings: ScreenSettings;
  readonly problems: readonly SettingsProblem[];
}

const GROUP_MAX = 40;
const QUIET_MAX = 8;
const ZONES_MAX = 64;
const ID = /^[\w-]{1,64}$/;
const LANGUAGE = /^[a-z]{2,3}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$/;

/** Undefined: not a value of this field. */
type Parse<T> = (value: unknown) => T | undefined;
type Fields<T> = { readonly [Key in keyof T]: Parse<T[Key]> };

const oneOf = <T extends string>(all: readonly T[]): Parse<T> => (value) => all.find((one) => one === value);
const whole = (min: number, max: number): Parse<number> => (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
const text = (form: RegExp): Parse<string> => (value) => (typeof value === 'string' && form.test(value) ? value : undefined);
const orNull = <T>(parse: Parse<T>): Parse<T | null> => (value) => (value === null ? null : parse(value));

function listOf<T>(parse: Parse<T>, max: number): Parse<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > max) return undefined;
    const items = value.map(parse);
    return items.some((item) => item === undefined) ? undefined : (items as T[]);
  };
}

function group(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && [...value].length <= GROUP_MAX ? value : undefined;
}

function quietHours(value: unknown): QuietHours | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { from, to } = value as { from?: unknown; to?: unknown };
  const [begin, end] = [text(TIME)(from), text(TIME)(to)];
  return begin === undefined || end === undefined ? undefined : { from: begin, to: end };
}

const SOUND: Fields<SoundSettings> = {
  mode: oneOf(SOUND_MODES),
  group: orNull(group),
  volume_percent: whole(0, 100),
  second_language: orNull(text(LANGUAGE)),
  times: whole(1, 3),
  quiet: listOf(quietHours, QUIET_MAX),
};

const SCREEN: Fields<Omit<ScreenSettings, 'sound'>> = {
  layout: oneOf(LAYOUTS),
  zones: listOf(text(ID), ZONES_MAX),
  counter: orNull(text(ID)),
  theme: oneOf(THEMES),
  distance_cm: whole(50, 3000),
  height_mm: orNull(whole(50, 3000)),
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields that are absent keep their default; each that is wrong is named, and keeps it too. */
function fill<T extends object>(from: Record<string, unknown>, fields: Fields<T>, usual: T, within: string): [T, SettingsProblem[]] {
  const problems: SettingsProblem[] = [];
  const filled = { ...usual };
  for (const [name, value] of Object.entries(from)) {
    const field = within + name;
    if (!Object.hasOwn(fields, name)) {
      problems.push({ field, code: 'unknown_field' });
      continue;
    }
    const key = name as keyof T;
    const parsed = fields[key](value);
    if (parsed === undefined) problems.push({ field, code: 'wrong_value' });
    else filled[key] = parsed;
  }
  return [filled, problems];
}

export function parseSettings(value: unknown): ParsedSettings {
  if (!isObject(value)) return { settings: DEFAULT_SETTINGS, problems: [{ field: '', code: 'unreadable' }] };
  const { sound: sound_value = {}, ...screen_value } = value;
  const { sound: usual_sound, ...usual_screen } = DEFAULT_SETTINGS;
  const [screen, problems] = fill(screen_value, SCREEN, usual_screen, '');
  if (!isObject(sound_value)) {
    return { settings: { ...screen, sound: usual_sound }, problems: [...problems, { field: 'sound', code: 'wrong_value' }] };
  }
  const [sound, more] = fill(sound_value, SOUND, usual_sound, 'sound.');
  return { settings: { ...screen, sound }, problems: [...problems, ...more] };
}
