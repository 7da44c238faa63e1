// When an enrolled screen says how it does, and what. Pure; times are the page's monotonic milliseconds.
// Must not read the page or the network: the signs are handed in, the report is handed out.

import type { ScreenReport } from '@khiw/ui-kit/api';

export const REPORT_EVERY_MS = 5_000;
/** Not more often than this, whatever changes. */
export const REPORT_APART_MS = 1_000;
/** As many as one report may hold. */
export const LISTED_MAX = 8;
/** Spoken calls that wait for a report while the line is cut; the oldest go, nobody asks for them any more. */
export const SPOKEN_WAITING_MAX = 32;
const VERSION_MAX = 40;
const PIXELS_MAX = 65_535;

/** What can be told of the screen, besides the calls it has spoken. */
export type Signs = Pick<ScreenReport, 'sound' | 'version' | 'width' | 'height'> & {
  readonly position: string | null;
  readonly letter_mm: number | null;
  readonly overflowed: number;
  readonly media_failed: readonly string[];
  readonly clips_failed: readonly string[];
};

export interface Reporting {
  readonly sent_ms: number | null;
  /** The signs that were sent last, without the position, which changes with every call. */
  readonly told: string;
  readonly spoken: readonly string[];
}

export const NOTHING_REPORTED: Reporting = { sent_ms: null, told: '', spoken: [] };

export function haveSpoken(reporting: Reporting, key: string): Reporting {
  return { ...reporting, spoken: [...reporting.spoken, key].slice(-SPOKEN_WAITING_MAX) };
}

function toldBy({ position: _, ...signs }: Signs): string {
  return JSON.stringify(signs);
}

export function isDue(reporting: Reporting, signs: Signs, now_ms: number): boolean {
  if (reporting.sent_ms === null) return true;
  const since_ms = now_ms - reporting.sent_ms;
  const changed = reporting.spoken.length > 0 || toldBy(signs) !== reporting.told;
  return since_ms >= (changed ? REPORT_APART_MS : REPORT_EVERY_MS);
}

const bounded = (n: number): number => Math.min(PIXELS_MAX, Math.max(0, Math.round(n)));

export function reportOf(reporting: Reporting, signs: Signs): ScreenReport & { type: 'report' } {
  const { position, letter_mm, media_failed, clips_failed, ...plain } = signs;
  return {
    type: 'report',
    ...plain,
    width: bounded(signs.width),
    height: bounded(signs.height),
    version: signs.version.slice(0, VERSION_MAX),
    spoken: reporting.spoken.slice(0, LISTED_MAX),
    media_failed: media_failed.slice(0, LISTED_MAX),
    clips_failed: clips_failed.slice(0, LISTED_MAX),
    ...(position === null ? {} : { position }),
    ...(letter_mm === null ? {} : { letter_mm: bounded(letter_mm) }),
  };
}

/** After the report has left the page. */
export function reported(reporting: Reporting, signs: Signs, now_ms: number): Reporting {
  return { sent_ms: now_ms, told: toldBy(signs), spoken: reporting.spoken.slice(LISTED_MAX) };
}
