import type { PrinterView, PrintJob } from '@khiw/ui-kit/api';
import { describe, expect, it } from 'vitest';
import { needsSomebody, papersToShow, toneOf } from './trouble';

const printer = (changes: Partial<PrinterView>): PrinterView =>
  ({ id: 'door', state: 'ok', waiting: 0, waiting_s: null, ...changes }) as PrinterView;
const job = (id: number, ticket: number | null, state: PrintJob['state']): PrintJob =>
  ({ id, state, ticket: ticket === null ? null : { id: ticket, number: `A00${ticket}` } }) as PrintJob;

describe('printers that need somebody', () => {
  it('unknown is neither fine nor broken', () => {
    expect(toneOf('unknown')).toBe('unknown');
    expect(needsSomebody(printer({ state: 'unknown' }))).toBe(false);
  });

  it('a printer that cannot print does, one whose roll ends soon not yet', () => {
    for (const state of ['offline', 'paper_out', 'cover_open', 'cutter_error', 'overheated', 'unusable'] as const) {
      expect(needsSomebody(printer({ state }))).toBe(true);
    }
    expect(needsSomebody(printer({ state: 'paper_near_end' }))).toBe(false);
  });

  it('so does one that tells nothing and lets papers wait', () => {
    expect(needsSomebody(printer({ state: 'unknown', waiting: 1, waiting_s: 2 }))).toBe(false);
    expect(needsSomebody(printer({ state: 'unknown', waiting: 1, waiting_s: 30 }))).toBe(true);
  });
});

describe('papers on the page', () => {
  it('stand once for each ticket, and slips each by itself', () => {
    const open = [job(9, 1, 'failed'), job(5, 1, 'uncertain'), job(4, null, 'failed')];
    const queued = [job(10, 2, 'queued'), job(3, 1, 'queued'), job(2, null, 'queued')];
    expect(papersToShow(open, queued).map(({ id }) => id)).toEqual([9, 4, 10, 2]);
  });
});
