import type { PrintJob } from '@khiw/ui-kit/api';
import { describe, expect, it } from 'vitest';
import { papersToShow, toneOf } from './trouble';

const job = (id: number, ticket: number | null, state: PrintJob['state']): PrintJob =>
  ({ id, state, ticket: ticket === null ? null : { id: ticket, number: `A00${ticket}` } }) as PrintJob;

describe('how a printer is', () => {
  it('unknown is neither fine nor broken', () => {
    expect(toneOf('unknown')).toBe('unknown');
  });

  it('a printer that cannot print needs somebody, one whose roll ends soon not yet', () => {
    for (const state of ['offline', 'paper_out', 'cover_open', 'cutter_error', 'overheated', 'unusable'] as const) {
      expect(toneOf(state)).toBe('stop');
    }
    expect(toneOf('paper_near_end')).toBe('warn');
  });
});

describe('papers on the page', () => {
  it('stand once for each ticket, and slips each by itself', () => {
    const open = [job(9, 1, 'failed'), job(5, 1, 'uncertain'), job(4, null, 'failed')];
    const queued = [job(10, 2, 'queued'), job(3, 1, 'queued'), job(2, null, 'queued')];
    expect(papersToShow(open, queued).map(({ id }) => id)).toEqual([9, 4, 10, 2]);
  });
});
