// What an enrolled screen can tell of itself, gathered from the page as it stands.

import { lettersMm, type Seen } from '../letters/letter-height';
import { newestFontPx } from '../letters/newest';
import type { Signs } from './report';
import { versionOf } from './version';

const VERSION = versionOf(import.meta.url);

interface Told {
  readonly sound: Signs['sound'];
  readonly overflowed: number;
  readonly position: string | null;
  readonly seen: Seen;
  /** Pictures and videos that cannot be shown, words that cannot be decoded. */
  readonly media_failed: readonly string[];
  readonly clips_failed: readonly string[];
}

export function signsOf({ sound, overflowed, position, seen, media_failed, clips_failed }: Told): Signs {
  const font_px = newestFontPx();
  return {
    sound,
    version: VERSION,
    width: innerWidth,
    height: innerHeight,
    position,
    letter_mm: font_px === null ? null : lettersMm(font_px, seen),
    overflowed,
    media_failed,
    clips_failed,
  };
}
