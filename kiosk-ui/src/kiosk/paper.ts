// What the paper is doing, said truthfully: a ticket without paper is a valid ticket.

import type { PrintState } from '@khiw/ui-kit/api';

import type { KioskWords } from '../words/kiosk.svelte';

export interface PaperWords {
  tone: 'info' | 'good' | 'warn';
  text: string;
}

export function paperWords(state: PrintState, words: KioskWords): PaperWords {
  switch (state) {
    case 'none':
      return { tone: 'info', text: words.print_none };
    case 'pending':
      return { tone: 'info', text: words.print_pending };
    case 'sent':
      return { tone: 'good', text: words.print_sent };
    case 'printed':
      return { tone: 'good', text: words.print_printed };
    case 'failed':
    case 'expired':
      return { tone: 'warn', text: words.print_failed };
    case 'uncertain':
      return { tone: 'warn', text: words.print_uncertain };
  }
}

/** Whether people must remember the number themselves, and so need more time. */
export function withoutPaper(state: PrintState): boolean {
  return state === 'none' || state === 'failed' || state === 'expired' || state === 'uncertain';
}
