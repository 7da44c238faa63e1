// How a device does, what a person typed as its code, which zones are offered. Pure.

import { Refused, type DeviceState, type DeviceView, type Problem, type ZoneView } from '@khiw/ui-kit/api';

export type Tone = 'good' | 'warn' | 'stop' | 'unknown';

/** One that was never seen is neither fine nor broken. */
export function toneOf(state: DeviceState): Tone {
  switch (state) {
    case 'alive':
      return 'good';
    case 'never':
      return 'unknown';
    case 'gone':
      return 'stop';
    default:
      return 'warn';
  }
}

export function needsSomebody({ state }: DeviceView): boolean {
  return toneOf(state) === 'warn' || toneOf(state) === 'stop';
}

export const CODE_LENGTH = 8;

/** What counts of a code as people type, dictate and paste it: `abcd 2345`, `ABCD-2345`, `abcd2345`. */
export function codeTyped(typed: string): string {
  return typed.replace(/[^0-9a-z]/gi, '').toUpperCase();
}

/** As the device shows it. */
export function codeShown(typed: string): string {
  const code = codeTyped(typed);
  return code.length === CODE_LENGTH ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

/** What a refused code means to people; null: it is not about the code. One that has run out is one that no device shows. */
export function codeTrouble(problem: Problem): 'wrong' | 'used' | null {
  if (!(problem instanceof Refused)) return null;
  if (problem.code === 'unknown_code') return 'wrong';
  return problem.code === 'code_used' ? 'used' : null;
}

/** A share of the distance that a figure's height must have to be read from there (LOOK: the lobby). */
const LETTER_OF_DISTANCE = 0.0122;

export function letterNeededMm(distance_cm: number): number {
  return Math.ceil(distance_cm * 10 * LETTER_OF_DISTANCE);
}

/** Ids of zones to choose from: the site's, and behind them those that were chosen before it had them no more. */
export function zonesOffered(zones: readonly ZoneView[], chosen: readonly (string | null)[]): string[] {
  return [...new Set([...zones.map(({ id }) => id), ...chosen])].filter((id) => id !== null);
}

/** Names of sound groups in use, each once, in order. */
export function soundGroups(devices: readonly DeviceView[]): string[] {
  const named = devices.map(({ screen }) => screen?.settings.sound.group ?? null);
  return [...new Set(named)].filter((group) => group !== null).sort();
}

/** What sounds wrong: with words of what to do only where somebody can do something. */
export function soundOf({ screen }: DeviceView): 'off' | 'unlocked' | 'needs_touch' | 'muted' | 'failing' | null {
  if (screen === null) return null;
  if (screen.settings.sound.mode === 'off') return 'off';
  return screen.report?.sound ?? null;
}
