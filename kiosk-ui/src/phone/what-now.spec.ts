import { readFileSync } from 'node:fs';

import type { PublicTicket, TicketState } from '@khiw/ui-kit/api';
import { describe, expect, test } from 'vitest';

import type { PhoneWords } from '../words/phone';
import { whatNow } from './what-now';

const words = JSON.parse(
  readFileSync(new URL('../../../config/locales/pages/phone/en.json', import.meta.url), 'utf8'),
) as PhoneWords;
const counter = { id: '3', label: '3', place: { en: 'Counter', th: 'ช่องบริการ' } };
const now = (change: Partial<PublicTicket>) =>
  whatNow({ state: 'waiting', ahead: 9, attempt: null, counter: null, estimate: { p50_s: 60, p90_s: 120 }, ...change } as PublicTicket, words, 'en');

describe('what to do now', () => {
  test('only a called ticket sends somebody to a counter', () => {
    const states: TicketState[] = ['waiting', 'called', 'serving', 'parked', 'done', 'no_show', 'cancelled'];
    const going = states.filter((state) => now({ state, counter, attempt: 1 }).tone === 'go');
    expect(going).toEqual(['called']);
    expect(now({ state: 'called', counter, attempt: 1 }).place).toEqual({ word: 'Counter', label: '3' });
    expect(now({ state: 'serving', counter }).place).toBeNull();
  });

  test('a second call says that it is one', () => {
    expect(now({ state: 'called', counter, attempt: 2 }).text).toBe(words.called_again);
  });

  test('who is nearly next is told to stay', () => {
    expect(now({ ahead: 2 }).tone).toBe('near');
    expect(now({ ahead: 3 }).tone).toBe('calm');
    expect(now({ ahead: 0, estimate: null }).tone).toBe('calm');
  });

  test('place and range are shown only while they mean something', () => {
    expect(now({}).waits).toBe(true);
    for (const state of ['called', 'parked', 'done', 'no_show', 'cancelled'] as const) expect(now({ state }).waits).toBe(false);
  });
});
