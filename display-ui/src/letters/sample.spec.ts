import { describe, expect, it } from 'vitest';

import { counterRows } from '../layouts/counter-rows';
import type { Shown } from '../layouts/shown';
import { sampleDesk, sampleQueue } from '../lobby/testing';
import { DEFAULT_SETTINGS } from '../settings/screen-settings';
import { sampleOf } from './sample';

const card = (id: string) => ({ id, label: id.slice(1), place: {}, zone: null });
/** A hall in which nothing has happened yet, as far as a sample asks. */
const quiet = (changes: Partial<Shown> = {}) =>
  ({ settings: DEFAULT_SETTINGS, mood: 'closed', calls: [], queues: [], counters: [], desks: [], ...changes }) as unknown as Shown;

describe('the sample whose figures are measured', () => {
  it('is two calls at once, whatever the hall is doing', () => {
    const { mood, stage, turn } = sampleOf(quiet());
    expect([mood, stage.large.length, turn]).toEqual(['calls', 2, null]);
  });

  it('stands at the desk below the screen, whether or not anybody works there', () => {
    const settings = { ...DEFAULT_SETTINGS, layout: 'counter', counter: 'c2' } as const;
    const { counters, calls, desks } = sampleOf(quiet({ settings, counters: [card('c1'), card('c2')], desks: [sampleDesk('c1')] }));
    expect(counterRows(counters, calls, desks, null).map(({ id, state }) => [id, state])).toEqual([['c1', 'open'], ['c2', 'called']]);
  });

  it('stands at a counter that the screen shows', () => {
    const settings = { ...DEFAULT_SETTINGS, layout: 'counters', zones: ['east'], counter: 'c1' } as const;
    const counters = [card('c1'), { ...card('c2'), zone: 'east' }];
    expect(sampleOf(quiet({ settings, counters })).calls.map(({ counter }) => counter)).toEqual(['c2', 'c2']);
  });

  it('has a queue that gives numbers', () => {
    expect(sampleOf(quiet()).queues).toHaveLength(1);
    const shut = sampleQueue({ open: false, suspended: true });
    expect(sampleOf(quiet({ queues: [shut] })).queues).toMatchObject([{ open: true, suspended: false }]);
  });
});
