// What somebody who sets up a screen should be told, in the words of the hall. Pure.

import { lettersMm, neededMm, type Seen } from '../letters/letter-height';
import type { LobbyWords } from '../lobby/words';
import type { SettingsProblem } from './screen-settings';

export interface Concern {
  readonly problems: readonly SettingsProblem[];
  /** Fields that name something the hall does not have. */
  readonly strangers: readonly string[];
  /** Of the newest number, or of a sample; null: neither stands there, or it is not asked. */
  readonly font_px: number | null;
  readonly seen: Seen;
}

export function warnings({ problems, strangers, font_px, seen }: Concern, words: LobbyWords): string[] {
  const lines: string[] = [];
  const fields = problems.filter(({ code }) => code !== 'unreadable').map(({ field }) => field);
  if (problems.some(({ code }) => code === 'unreadable')) lines.push(words.first('settings_unreadable'));
  if (fields.length > 0) lines.push(words.first('settings_wrong', { fields: fields.join(', ') }));
  if (strangers.length > 0) lines.push(words.first('settings_strangers', { fields: strangers.join(', ') }));
  const mm = font_px === null ? null : lettersMm(font_px, seen);
  const needed = neededMm(seen.distance_cm);
  if (mm !== null && mm < needed) lines.push(words.first('letters_small', { mm, needed, m: seen.distance_cm / 100 }));
  return lines;
}
