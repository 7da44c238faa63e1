// What a layout would be given when two people are called at once: to measure its figures before anybody is called, when
// screens are set up. Pure. Must never be shown.

import type { Shown } from '../layouts/shown';
import type { Call, QueueCount } from '../lobby/wire';
import { countersInSight } from '../settings/sight';

/** As long as numbers usually are. */
const NUMBERS = ['A000', 'A001'];

export function sampleOf(shown: Shown): Shown {
  const { settings, counters, queues } = shown;
  const own = counters.filter(({ id }) => id === settings.counter);
  const [seat] = settings.layout === 'counter' ? own : countersInSight(counters, settings);
  const calls = NUMBERS.map((number, index): Call => ({
    ticket: index,
    number,
    counter: seat?.id ?? '',
    label: seat?.label ?? '00',
    place: seat?.place ?? {},
    zone: seat?.zone ?? null,
    attempt: 1,
    language: '',
    queue: '',
    at_ms: 0,
    speech: [],
  }));
  return {
    ...shown,
    mood: 'calls',
    stage: { large: calls, earlier: [] },
    turn: null,
    calls,
    queues: queues.length === 0 ? [QUEUE] : queues.map((queue) => ({ ...queue, open: true, suspended: false })),
    desks: null,
    beat_ms: 0,
    is_sample: true,
  };
}

const QUEUE: QueueCount = {
  id: '', name: {}, letter: 'A', waiting: 1, open: true, suspended: false, counters_open: 1, next: 'A000', estimate: null,
};
