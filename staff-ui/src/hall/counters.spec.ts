import type { DemoHall } from '@khiw/ui-kit/api';
import { describe, expect, it } from 'vitest';
import { sampleCounter } from '../counter/testing';
import { deskForYou, desks } from './counters';

const counters = [
  sampleCounter({ id: 'c1', clerk: 'simulated-c1' }),
  sampleCounter({ id: 'c2', clerk: null, state: 'closed' }),
];

function demo(...ids: string[]): DemoHall {
  return {
    site: 's',
    kiosk: '/kiosk/s',
    display: '/display/s',
    counter: ids.map((id) => ({ id, href: `/counter/s/${id}` })),
    clock: { now: '2026-12-02T09:00:00+07:00', speed: 20 },
    printer: null,
  };
}

describe('counters on the start page', () => {
  it('offers the counter that the demo keeps for a person', () => {
    expect(deskForYou(desks('s', counters, demo('c2')))?.counter.id).toBe('c2');
  });

  it('offers one without a simulated clerk when the demo names all', () => {
    expect(deskForYou(desks('s', counters, demo('c1', 'c2')))?.counter.id).toBe('c2');
  });

  it('does not call free where somebody is being called, and offers it last', () => {
    const busy = counters.map((counter) => ({ ...counter, clerk: null, state: 'calling' as const }));
    const [first, second] = busy as [(typeof busy)[0], (typeof busy)[0]];
    expect(desks('s', busy, demo('c1', 'c2')).map(({ is_free }) => is_free)).toEqual([false, false]);
    expect(deskForYou(desks('s', [first, { ...second, state: 'idle' }], demo('c1', 'c2')))?.counter.id).toBe('c2');
    expect(deskForYou(desks('s', busy, demo('c1', 'c2')))?.counter.id).toBe('c1');
  });

  it('offers none when simulated clerks have them all', () => {
    const all = counters.map((counter) => ({ ...counter, clerk: 'simulated-x' }));
    expect(deskForYou(desks('s', all, demo('c1', 'c2')))).toBeNull();
  });

  it('links every counter, with an address of its own making outside a demo', () => {
    const found = desks('my hall', counters, null);
    expect(found.map(({ href }) => href)).toEqual(['/counter/my%20hall/c1', '/counter/my%20hall/c2']);
    expect(deskForYou(found)).toBeNull();
  });
});
