// What this screen has to do about a call: say it, leave it to another screen, or keep quiet. Pure: the hall's time of
// day is given. Must not know the audio device beyond whether it may sound.

import type { Call } from '../lobby/wire';

/** As the server has it in `SoundSettings`; times of day as `HH:MM:SS`. */
export interface SoundSettings {
  readonly mode: 'voice' | 'chime' | 'off';
  readonly volume_percent: number;
  readonly second_language: string | null;
  readonly times: number;
  readonly quiet: readonly { readonly from: string; readonly to: string }[];
}

/** The server's own default, for a screen that is told nothing. */
export const DEFAULT_SOUND: SoundSettings = {
  mode: 'voice',
  volume_percent: 80,
  second_language: null,
  times: 1,
  quiet: [],
};

/** How the sound of a screen does, in the server's words. */
export type SoundState = 'unlocked' | 'needs_touch' | 'muted' | 'failing';

/** `elsewhere`: another screen says it, or this one when its turn comes while the call is fresh. */
export type Duty = 'say' | 'elsewhere' | 'mute';

/** Calls left to another screen that this one remembers. */
export const ELSEWHERE_MAX = 64;

/** Nothing sounds now. Before the hall's time is known, it is taken as no quiet hour. */
export function isMuted({ mode, quiet }: SoundSettings, time_of_day: string | null): boolean {
  return mode === 'off' || (time_of_day !== null && quiet.some((hours) => isWithin(hours, time_of_day)));
}

/** `from` later than `to`: over midnight; the same: never. Texts of one shape compare as times do. */
function isWithin({ from, to }: { from: string; to: string }, time_of_day: string): boolean {
  const after_from = time_of_day >= from;
  const before_to = time_of_day < to;
  return from <= to ? after_from && before_to : after_from || before_to;
}

export function duty(is_muted: boolean, speaks: boolean, may_sound: boolean): Duty {
  if (is_muted) return 'mute';
  return speaks && may_sound ? 'say' : 'elsewhere';
}

/** Still worth saying when this screen becomes the speaker. */
export function isFresh(call: Call, hall_ms: number | null, announce_below_s: number): boolean {
  return hall_ms !== null && hall_ms - call.at_ms < announce_below_s * 1000;
}
