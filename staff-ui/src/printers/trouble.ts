// Which printers and papers need somebody. Pure.

import type { PrinterState, PrintJob } from '@khiw/ui-kit/api';

export type Tone = 'good' | 'warn' | 'stop' | 'unknown';

/** Unknown is its own tone: neither fine nor broken. */
export function toneOf(state: PrinterState): Tone {
  switch (state) {
    case 'ok':
      return 'good';
    case 'unknown':
      return 'unknown';
    case 'paper_near_end':
      return 'warn';
    default:
      return 'stop';
  }
}

/** One line for each ticket, its newest paper; those that came to nothing before those that wait. */
export function papersToShow(open: readonly PrintJob[], queued: readonly PrintJob[]): PrintJob[] {
  const seen = new Set<number>();
  const first = (job: PrintJob): boolean => {
    if (job.ticket === null) return true;
    if (seen.has(job.ticket.id)) return false;
    seen.add(job.ticket.id);
    return true;
  };
  return [...open, ...queued].filter(first);
}
