import { describe, expect, it } from 'vitest';

import { sampleCall } from '../lobby/testing';
import { parseCounters } from './counters';
import { DEFAULT_SETTINGS } from './screen-settings';
import { concerns, countersInSight, strangersIn } from './sight';

const east = { ...DEFAULT_SETTINGS, zones: ['east'] };
const desk = { ...DEFAULT_SETTINGS, layout: 'counter' as const, counter: 'c3' };
const counters = parseCounters([
  { id: 'c2', label: '2', place: { th: 'โต๊ะ' }, zone: 'west' },
  { id: 'c1', label: '1', zone: 'east' },
  { label: 'nobody' },
  { id: 'c3', zone: null },
]);

describe('what a screen sees', () => {
  it('is every call of the hall when it has no zones', () => {
    expect(concerns(sampleCall({ zone: null }), DEFAULT_SETTINGS)).toBe(true);
  });

  it('is only calls to counters of its zones', () => {
    expect(concerns(sampleCall({ zone: 'east' }), east)).toBe(true);
    expect(concerns(sampleCall({ zone: 'west' }), east)).toBe(false);
    expect(concerns(sampleCall({ zone: null }), east)).toBe(false);
  });

  it('is only its own desk, over a desk', () => {
    expect(concerns(sampleCall({ counter: 'c3' }), desk)).toBe(true);
    expect(concerns(sampleCall({ counter: 'c1' }), desk)).toBe(false);
  });

  it('lists counters in the order in which they are configured', () => {
    expect(countersInSight(counters, DEFAULT_SETTINGS).map(({ id }) => id)).toEqual(['c2', 'c1', 'c3']);
    expect(countersInSight(counters, east).map(({ id }) => id)).toEqual(['c1']);
  });

  it('names settings that the hall has nothing for, once the hall is known', () => {
    expect(strangersIn(counters, { ...desk, counter: 'c9', zones: ['south'] })).toEqual(['zones', 'counter']);
    expect(strangersIn(counters, desk)).toEqual([]);
    expect(strangersIn([], { ...desk, counter: 'c9' })).toEqual([]);
  });

  it('calls a counter by its id when it has no label', () => {
    expect(counters.at(-1)).toEqual({ id: 'c3', label: 'c3', place: {}, zone: null });
  });
});
