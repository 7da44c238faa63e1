import { describe, expect, it } from 'vitest';
import { elsewhere } from './elsewhere';
import { sampleCounter, sampleHand } from './testing';

const idle = sampleCounter();
const called = sampleCounter({ state: 'calling', at_hand: sampleHand({ number: 'A012' }) });

describe('what happened elsewhere', () => {
  it('another ticket was called here', () => {
    expect(elsewhere(idle, called)).toEqual({ what: 'called', number: 'A012' });
    const next = sampleCounter({ at_hand: sampleHand({ id: 13, number: 'A013' }) });
    expect(elsewhere(called, next)).toEqual({ what: 'called', number: 'A013' });
  });

  it('the ticket was started or recalled', () => {
    const started = sampleCounter({ at_hand: sampleHand({ state: 'serving', step: 3 }) });
    expect(elsewhere(called, started)).toEqual({ what: 'started', number: 'A012' });
    const again = sampleCounter({ at_hand: sampleHand({ attempt: 2 }) });
    expect(elsewhere(called, again)).toEqual({ what: 'recalled', number: 'A012' });
  });

  it('the ticket left', () => {
    expect(elsewhere(called, idle)).toEqual({ what: 'left', number: 'A012' });
  });

  it('the counter was closed, paused, opened, resumed', () => {
    const state = (s: 'closed' | 'paused' | 'idle') => sampleCounter({ state: s });
    expect(elsewhere(idle, state('closed'))).toEqual({ what: 'closed' });
    expect(elsewhere(idle, state('paused'))).toEqual({ what: 'paused' });
    expect(elsewhere(state('closed'), idle)).toEqual({ what: 'opened' });
    expect(elsewhere(state('paused'), idle)).toEqual({ what: 'resumed' });
  });

  it('nothing, when only the line behind it moved', () => {
    expect(elsewhere(called, { ...called, waiting: 99 })).toBeNull();
  });
});
