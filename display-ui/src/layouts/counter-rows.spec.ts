import { describe, expect, it } from 'vitest';

import { callKey } from '../lobby/board';
import { T0, sampleCall, sampleDesk } from '../lobby/testing';
import { counterRows } from './counter-rows';

const card = (id: string) => ({ id, label: id.slice(1), place: {}, zone: null });
const counters = ['c2', 'c1', 'c3'].map(card);
const newest = sampleCall({ ticket: 3, number: 'A003', counter: 'c1', at_ms: T0 });
const calls = [
  newest,
  sampleCall({ ticket: 2, number: 'A002', counter: 'c2', at_ms: T0 - 1 }),
  sampleCall({ ticket: 1, number: 'A001', counter: 'c1', at_ms: T0 - 2 }),
];
const open = [sampleDesk('c1', 3), sampleDesk('c2', 2), sampleDesk('c3')];

describe('the board of counters', () => {
  it('has a row for each, in configured order, with the number that is at it', () => {
    const rows = counterRows(counters, calls, open, null);
    expect(rows.map(({ id, state, call }) => [id, state, call?.number])).toEqual([
      ['c2', 'called', 'A002'],
      ['c1', 'called', 'A003'],
      ['c3', 'open', undefined],
    ]);
    expect(rows.filter((row) => row.is_newest).map(({ id }) => id)).toEqual(['c1']);
  });

  it('says closed where nobody works, whatever was called there', () => {
    const [row] = counterRows(counters, calls, [sampleDesk('c1', 3)], null);
    expect(row).toMatchObject({ id: 'c2', state: 'closed', call: null, is_newest: false });
  });

  it('shows no number of a ticket that is done', () => {
    const done = [sampleDesk('c1'), sampleDesk('c2', 99), sampleDesk('c3')];
    const rows = counterRows(counters, calls, done, null);
    expect(rows.map(({ state, call, is_newest }) => [state, call, is_newest])).toEqual(Array(3).fill(['open', null, false]));
  });

  it('says paused where work rests, and keeps the number of a ticket that is there still', () => {
    const paused = [{ ...sampleDesk('c1', 3), state: 'paused' }, { ...sampleDesk('c2'), state: 'paused' }] as const;
    const rows = counterRows(counters, calls, paused, null);
    expect(rows.map(({ id, state, call }) => [id, state, call?.number])).toEqual([
      ['c2', 'paused', undefined],
      ['c1', 'called', 'A003'],
      ['c3', 'closed', undefined],
    ]);
  });

  it('shows a fresh call of a counter that was not heard to open', () => {
    const row = counterRows(counters, calls, [], callKey(newest)).find(({ id }) => id === 'c1');
    expect(row).toMatchObject({ state: 'called', is_newest: true, is_glowing: true });
  });

  it('takes counters for open, and what was called last for current, while it is not known', () => {
    expect(counterRows(counters, calls, null, null).map(({ call }) => call?.number)).toEqual(['A002', 'A003', undefined]);
    expect(counterRows(counters, [], null, null).map(({ state }) => state)).toEqual(['open', 'open', 'open']);
  });

  it('has a row for a counter that calls and is in no list', () => {
    const rows = counterRows([], calls, null, null);
    expect(rows.map(({ id, label }) => [id, label])).toEqual([['c1', '3'], ['c2', '3']]);
  });
});
