// What every kiosk page is given: the visitor's language and words, and how to go elsewhere.

import type { Hall } from '@khiw/ui-kit/format';
import type { CommonWords, Language } from '@khiw/ui-kit/words';

import type { KioskWords } from '../words/kiosk.svelte';
import type { Place } from './visit';

export interface Screen {
  language: Language;
  words: KioskWords;
  common: CommonWords;
  hall: Hall;
  go(place: Place): void;
  turn(page: number): void;
}
