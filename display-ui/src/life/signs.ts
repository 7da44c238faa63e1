// What an enrolled screen can tell of itself, gathered from the page as it stands.

import { lettersMm, type Seen } from '../letters/letter-height';
import { newestFontPx } from '../letters/newest';
import type { SoundState as Heard } from '../lobby/sound.svelte';
import type { Signs } from './report';
import { versionOf } from './version';

const VERSION = versionOf(import.meta.url);
const SOUND: Record<Heard, Signs['sound']> = { on: 'unlocked', needs_touch: 'needs_touch', unsupported: 'failing' };

interface Told {
  readonly sound: Heard;
  readonly position: string | null;
  readonly seen: Seen;
  readonly failed: readonly string[];
}

export function signsOf({ sound, position, seen, failed }: Told): Signs {
  const font_px = newestFontPx();
  return {
    sound: SOUND[sound],
    version: VERSION,
    width: innerWidth,
    height: innerHeight,
    position,
    letter_mm: font_px === null ? null : lettersMm(font_px, seen),
    // Every call chimes: there is nothing yet that a chime could stand for.
    overflowed: 0,
    media_failed: failed,
  };
}
