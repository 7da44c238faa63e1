import { describe, expect, it } from 'vitest';
import { EMPTY_BOARD } from './board';
import { allSuspended, mood } from './mood';
import { sampleCall, sampleQueue } from './testing';

const calls = { ...EMPTY_BOARD, calls: [sampleCall()], queues: [sampleQueue()] };
const shut = sampleQueue({ open: false, waiting: 0, counters_open: 0 });

describe('the mood of the lobby', () => {
  it('is the call when there is one, also while the line is cut', () => {
    expect(mood(calls, 'live', true)).toBe('calls');
    expect(mood(calls, 'stale', true)).toBe('calls');
  });

  it('says that nobody was called yet', () => {
    expect(mood({ ...EMPTY_BOARD, queues: [sampleQueue()] }, 'live', true)).toBe('no_call_yet');
  });

  it('says that it connects only when it knows nothing at all', () => {
    expect(mood(EMPTY_BOARD, 'starting', false)).toBe('connecting');
    expect(mood(EMPTY_BOARD, 'stale', false)).toBe('connecting');
  });

  it('is closed when no number is given, nobody waits and no counter is open', () => {
    expect(mood({ ...calls, queues: [shut] }, 'live', true)).toBe('closed');
    expect(mood({ ...calls, queues: [{ ...shut, waiting: 1 }] }, 'live', true)).toBe('calls');
    const worked = [{ ...shut, counters_open: 1 }];
    expect(mood({ ...calls, queues: worked }, 'live', true)).toBe('calls');
    expect(mood({ ...EMPTY_BOARD, queues: worked }, 'live', true)).toBe('closed');
  });

  it('an evacuation stands above everything', () => {
    const notice = { code: 'evacuation', queue: null } as const;
    expect(mood({ ...calls, notice }, 'stale', true)).toBe('evacuation');
  });

  it('knows when the whole hall gives no numbers', () => {
    expect(allSuspended(calls)).toBe(false);
    const suspended = { ...calls, queues: [sampleQueue({ suspended: true })] };
    expect(allSuspended(suspended)).toBe(true);
    expect(allSuspended({ ...suspended, notice: { code: 'evacuation', queue: null } }), 'nobody is called').toBe(false);
    expect(allSuspended(EMPTY_BOARD)).toBe(false);
  });
});
