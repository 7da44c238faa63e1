// Sample calls for specs. Must not be imported by the page.

import type { Call, QueueCount } from './wire';

export const T0 = Date.parse('2026-12-02T09:41:00+07:00');

export function sampleCall(changes: Partial<Call> = {}): Call {
  return {
    ticket: 12,
    number: 'A012',
    counter: 'c3',
    label: '3',
    place: { th: 'ช่องบริการ', en: 'Counter' },
    zone: null,
    attempt: 1,
    language: 'th',
    queue: 'general',
    at_ms: T0,
    speech: [],
    ...changes,
  };
}

export function sampleQueue(changes: Partial<QueueCount> = {}): QueueCount {
  return {
    id: 'general',
    name: { th: 'งานทะเบียน', en: 'Registration' },
    letter: 'A',
    waiting: 4,
    open: true,
    suspended: false,
    counters_open: 3,
    next: 'A013',
    estimate: null,
    ...changes,
  };
}
