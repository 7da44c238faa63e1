// Sample counters for specs. Must not be imported by the page.

import type { AtHand, CounterDetail, OrderEntry } from '@khiw/ui-kit/api';

export function sampleEntry(changes: Partial<OrderEntry> = {}): OrderEntry {
  return {
    position: 1,
    ticket: 13,
    number: 'A013',
    queue: 'general',
    service: 'id-card',
    service_name: { th: 'บัตรประจำตัวประชาชน', en: 'Identity card' },
    language: 'th',
    lane: 'normal',
    joined: '2026-12-02T09:30:00+07:00',
    waited_s: 660,
    promise: '2026-12-02T09:45:00+07:00',
    counter_only: null,
    reason: 'earliest_promise',
    overdue: false,
    ...changes,
  };
}

export function sampleHand(changes: Partial<AtHand> = {}): AtHand {
  return {
    id: 12,
    number: 'A012',
    step: 2,
    state: 'called',
    service: 'id-card',
    service_name: { th: 'บัตรประจำตัวประชาชน', en: 'Identity card' },
    services: [{ id: 'id-card', name: { th: 'บัตรประจำตัวประชาชน', en: 'Identity card' } }],
    current: 0,
    language: 'th',
    lane: 'normal',
    joined: '2026-12-02T09:20:00+07:00',
    waited_s: 900,
    attempt: 1,
    since: '2026-12-02T09:35:00+07:00',
    queue: 'general',
    documents: [],
    print: { state: 'printed' },
    ...changes,
  };
}

export function sampleCounter(changes: Partial<CounterDetail> = {}): CounterDetail {
  return {
    id: 'c3',
    label: '3',
    place: { th: 'ช่องบริการ', en: 'Counter' },
    zone: null,
    state: 'idle',
    clerk: 'demo',
    auto_call: false,
    profile: 'general',
    queues: ['general'],
    pause_reason: null,
    ticket: null,
    at_hand: null,
    undo: null,
    waiting: 0,
    order: [],
    parked: [],
    no_shows: [],
    day: { served: 0, called: 0 },
    ...changes,
  };
}
