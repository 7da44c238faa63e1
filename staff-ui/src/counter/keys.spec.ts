import { describe, expect, it } from 'vitest';
import { ACTIONS, row } from './actions';
import { meaning, type Focus, type Press } from './keys';
import { sampleCounter, sampleHand } from './testing';

const nowhere: Focus = { typing: false, asking: false, on_button: false };
const calling = sampleCounter({ state: 'calling', at_hand: sampleHand() });

function press(code: string, changes: Partial<Press> = {}): Press {
  const plain = { repeat: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false };
  return { code, ...plain, ...changes };
}

describe('keys of the counter page', () => {
  it('Space is the primary button', () => {
    expect(meaning(press('Space'), nowhere, calling, 'implicit')).toEqual({ press: 'primary' });
  });

  it('Space belongs to a button that was reached by the keyboard', () => {
    const focus = { ...nowhere, on_button: true };
    expect(meaning(press('Space'), focus, calling, 'implicit')).toBeNull();
  });

  it('a held key presses once', () => {
    expect(meaning(press('Space', { repeat: true }), nowhere, calling, 'implicit')).toBeNull();
  });

  it.each([
    ['KeyR', 'recall'],
    ['KeyS', 'start'],
    ['KeyA', 'absent'],
    ['KeyN', 'no-show'],
    ['KeyP', 'park'],
    ['KeyT', 'transfer'],
    ['KeyB', 'return'],
    ['KeyC', 'complete'],
    ['KeyG', 'print-again'],
    ['KeyK', 'pause'],
  ])('%s means %s, by its place on the keyboard', (code, action) => {
    expect(meaning(press(code), nowhere, calling, 'explicit')).toEqual({ press: action });
  });

  it('a key with nothing to do does nothing', () => {
    expect(meaning(press('KeyZ'), nowhere, calling, 'explicit')).toBeNull();
    expect(meaning(press('KeyR'), nowhere, sampleCounter(), 'explicit')).toBeNull();
    expect(meaning(press('KeyQ'), nowhere, calling, 'explicit')).toBeNull();
  });

  it('leaves the browser its own shortcuts, and text to fields', () => {
    expect(meaning(press('KeyR', { ctrlKey: true }), nowhere, calling, 'implicit')).toBeNull();
    expect(meaning(press('KeyR'), { ...nowhere, typing: true }, calling, 'implicit')).toBeNull();
    expect(meaning(press('KeyR'), { ...nowhere, asking: true }, calling, 'implicit')).toBeNull();
  });

  it('K pauses an open counter and ends a pause', () => {
    const paused = sampleCounter({ state: 'paused' });
    expect(meaning(press('KeyK'), nowhere, paused, 'implicit')).toEqual({ press: 'resume' });
  });
});

describe('the row of actions', () => {
  it.each(['implicit', 'explicit'] as const)('shows each key once (%s)', (start) => {
    for (const state of ['closed', 'idle', 'calling', 'serving', 'paused'] as const) {
      const keys = row(sampleCounter({ state }), start).map(({ action }) => action.key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('knows no two actions that are possible on one key at once', () => {
    const states = ['closed', 'idle', 'calling', 'serving', 'paused'] as const;
    for (const state of states) {
      const possible = row(sampleCounter({ state, at_hand: sampleHand() }), 'explicit')
        .filter(({ available }) => available)
        .map(({ action }) => action.key);
      expect(new Set(possible).size).toBe(possible.length);
    }
    expect(ACTIONS.length).toBeGreaterThan(10);
  });

  it('offers start only where service is begun explicitly', () => {
    const ids = (rule: 'implicit' | 'explicit') => row(calling, rule).map(({ action }) => action.id);
    expect(ids('implicit')).not.toContain('start');
    expect(ids('explicit')).toContain('start');
  });

  it('does not close a counter with a ticket at hand', () => {
    const close = row(calling, 'implicit').find(({ action }) => action.id === 'close');
    expect(close?.available).toBe(false);
  });
});
