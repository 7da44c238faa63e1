// What the paper is doing, said truthfully: a ticket without paper is a valid ticket, and paper is never promised that
// may not come. Pure.

import type { PrintState } from '@khiw/ui-kit/api';

import type { KioskWords } from '../words/kiosk.svelte';

/** A healthy printer is done by then, and staff have been told a little before: the server's alarm stands after 5 s. */
export const LATE_AFTER_MS = 8_000;

/** As the server tells it; `late` when it does not come, `paperless` when this kiosk gives none. */
export type PaperSeen = PrintState | 'late' | 'paperless';

export function paperSeen(state: PrintState, waited_ms: number, gives_paper: boolean): PaperSeen {
  if (state === 'none' && !gives_paper) return 'paperless';
  return state === 'pending' && waited_ms >= LATE_AFTER_MS ? 'late' : state;
}

export interface PaperWords {
  tone: 'info' | 'good' | 'warn';
  text: string;
  /** How to keep a number without paper; null when there is paper to take. */
  keep: string | null;
  /** Who looks after it; null when nothing is wrong, or when it is not known that somebody does. */
  told: string | null;
}

/** `scans`: there is a code for the phone. `heard`: the server speaks to us, so that staff see what we see. */
export function paperWords(seen: PaperSeen, words: KioskWords, scans: boolean, heard = true): PaperWords {
  const keep = scans ? words.keep_scan : words.keep;
  const trouble = (text: string, told: boolean): PaperWords => ({
    tone: 'warn', text, keep, told: told && heard ? words.staff_told : null,
  });
  switch (seen) {
    case 'paperless':
    case 'none':
      return { tone: 'info', text: words.print_none, keep, told: null };
    case 'pending':
      return { tone: 'info', text: words.print_pending, keep: null, told: null };
    case 'sent':
      return { tone: 'info', text: words.print_sent, keep: null, told: null };
    case 'printed':
      return { tone: 'good', text: words.print_printed, keep: null, told: null };
    case 'late':
      return trouble(words.print_late, true);
    case 'failed':
      return trouble(words.print_failed, true);
    case 'uncertain':
      return trouble(words.print_uncertain, true);
    case 'expired':
      return trouble(words.print_failed, false);
  }
}

/** Whether people must keep the number themselves, and so need it large, and more time. */
export function withoutPaper(seen: PaperSeen): boolean {
  return seen !== 'pending' && seen !== 'sent' && seen !== 'printed';
}
