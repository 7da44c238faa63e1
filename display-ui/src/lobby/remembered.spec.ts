import { describe, expect, it } from 'vitest';
import { EMPTY_BOARD, step } from './board';
import { KEEP_MS, recall, remember } from './remembered';
import { T0, sampleCall, sampleDesk, sampleQueue } from './testing';

function memory(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

const own = { settings: { layout: 'counters' } };

const board = {
  ...step(EMPTY_BOARD, { type: 'call', call: sampleCall() }, T0).board,
  queues: [sampleQueue()],
  desks: [sampleDesk('c3', 12)],
  notice: { code: 'evacuation', queue: null } as const,
};

describe('the remembered board', () => {
  it('comes back as it was, with its age and position', () => {
    const store = memory();
    remember(store, 'hall', { board, position: 'j.1.9', saved_ms: T0, site: { id: 'hall' }, ...own });
    expect(recall(store, 'hall', T0 + 1)).toEqual({
      board,
      position: 'j.1.9',
      saved_ms: T0,
      site: { id: 'hall' },
      ...own,
    });
  });

  it('is of one site only, and not from another day', () => {
    const store = memory();
    remember(store, 'hall', { board, position: null, saved_ms: T0, site: null, ...own });
    expect(recall(store, 'other', T0)).toBeNull();
    expect(recall(store, 'hall', T0 + KEEP_MS + 1)).toBeNull();
  });

  it.each(['', '{', '{"format":9}', '{"format":1,"saved_ms":"x"}', '[]', '7'])(
    'is nothing when the store holds %j',
    (text) => {
      expect(recall({ getItem: () => text, setItem: () => {} }, 'hall', T0)).toBeNull();
    },
  );

  it('is not missed when the store refuses', () => {
    const full = { getItem: () => null, setItem: () => { throw new Error('quota'); } };
    expect(() => remember(full, 'hall', { board, position: null, saved_ms: 0, site: null, settings: null })).not.toThrow();
  });
});
