import { describe, expect, it } from 'vitest';

import { callKey } from '../lobby/board';
import { T0, sampleCall } from '../lobby/testing';
import { counterRows } from './counter-rows';

const card = (id: string) => ({ id, label: id.slice(1), place: {}, zone: null });
const counters = ['c2', 'c1', 'c3'].map(card);
const newest = sampleCall({ ticket: 3, number: 'A003', counter: 'c1', at_ms: T0 });
const calls = [
  newest,
  sampleCall({ ticket: 2, number: 'A002', counter: 'c2', at_ms: T0 - 1 }),
  sampleCall({ ticket: 1, number: 'A001', counter: 'c1', at_ms: T0 - 2 }),
];
const open = ['c1', 'c2', 'c3'];

describe('the board of counters', () => {
  it('has a row for each, in configured order, with the number it called last', () => {
    const rows = counterRows(counters, calls, open, null);
    expect(rows.map(({ id, state, call }) => [id, state, call?.number])).toEqual([
      ['c2', 'called', 'A002'],
      ['c1', 'called', 'A003'],
      ['c3', 'free', undefined],
    ]);
    expect(rows.filter((row) => row.is_newest).map(({ id }) => id)).toEqual(['c1']);
  });

  it('says closed where nobody works, whatever was called there', () => {
    const [row] = counterRows(counters, calls, ['c1'], null);
    expect(row).toMatchObject({ id: 'c2', state: 'closed', call: null, is_newest: false });
  });

  it('shows a fresh call of a counter that was not heard to open', () => {
    const row = counterRows(counters, calls, [], callKey(newest)).find(({ id }) => id === 'c1');
    expect(row).toMatchObject({ state: 'called', is_newest: true, is_glowing: true });
  });

  it('takes counters for open while it is not known', () => {
    expect(counterRows(counters, [], null, null).map(({ state }) => state)).toEqual(['free', 'free', 'free']);
  });

  it('has a row for a counter that calls and is in no list', () => {
    const rows = counterRows([], calls, null, null);
    expect(rows.map(({ id, label }) => [id, label])).toEqual([['c1', '3'], ['c2', '3']]);
  });
});
