import { describe, expect, it } from 'vitest';
import { primary } from './primary';
import { sampleCounter, sampleEntry, sampleHand } from './testing';

describe('the primary button', () => {
  it('opens a closed counter', () => {
    expect(primary(sampleCounter({ state: 'closed' }), 'implicit')).toEqual({ does: 'open' });
  });

  it('ends a pause', () => {
    expect(primary(sampleCounter({ state: 'paused' }), 'implicit')).toEqual({ does: 'resume' });
  });

  it('names who would be called', () => {
    const counter = sampleCounter({ order: [sampleEntry({ number: 'A013' })] });
    expect(primary(counter, 'implicit')).toEqual({ does: 'call-next', done: null, next: 'A013' });
  });

  it('names whom it completes when a ticket is at hand', () => {
    const counter = sampleCounter({
      state: 'serving',
      at_hand: sampleHand({ number: 'A012', state: 'serving' }),
      order: [sampleEntry({ number: 'A013' })],
    });
    expect(primary(counter, 'explicit')).toEqual({ does: 'call-next', done: 'A012', next: 'A013' });
  });

  it('asks whether the visitor came where service is begun explicitly', () => {
    const counter = sampleCounter({
      state: 'calling',
      at_hand: sampleHand({ number: 'A012', state: 'called' }),
      order: [sampleEntry()],
    });
    expect(primary(counter, 'explicit')).toEqual({ does: 'start', number: 'A012' });
    expect(primary(counter, 'implicit').does).toBe('call-next');
  });

  it('only completes when nobody waits', () => {
    const counter = sampleCounter({ state: 'serving', at_hand: sampleHand({ number: 'A012' }) });
    expect(primary(counter, 'implicit')).toEqual({ does: 'complete', done: 'A012' });
  });

  it('calls nobody into a pause', () => {
    const counter = sampleCounter({
      state: 'paused',
      at_hand: sampleHand({ number: 'A012', state: 'serving' }),
      order: [sampleEntry()],
    });
    expect(primary(counter, 'implicit')).toEqual({ does: 'complete', done: 'A012' });
  });

  it('offers nothing when nobody waits and nothing is at hand', () => {
    expect(primary(sampleCounter(), 'implicit')).toEqual({ does: 'nothing' });
  });
});
