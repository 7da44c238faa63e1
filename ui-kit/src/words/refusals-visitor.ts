// Why a visitor cannot have what was asked for, in words that say when it will work or whom to ask.
// Codes a visitor can do nothing about share one sentence.

import en from '../../../config/locales/pages/refusals-visitor/en.json';
import th from '../../../config/locales/pages/refusals-visitor/th.json';
import vi from '../../../config/locales/pages/refusals-visitor/vi.json';
import { Refused } from '../api/problem';
import type { Closed, ClosedWhy } from '../api/shapes';
import { openingWords, type Hall } from '../format/moment';
import { dictionary } from './dictionaries';
import { say } from './say';

const refusals = dictionary<typeof en>({ en, th, vi });
type Key = Exclude<keyof typeof en, 'reviewed'>;

const WHY: Record<string, Key> = {
  before_opening: 'before_opening',
  gap: 'gap',
  after_last_ticket: 'after_last_ticket',
  holiday: 'holiday',
  not_this_day: 'not_this_day',
};

const PLAIN: Record<string, Key> = {
  issuing_suspended: 'issuing_suspended',
  no_capacity: 'no_capacity',
  series_exhausted: 'series_exhausted',
  day_not_open: 'day_not_open',
  unknown_service: 'unknown_service',
  not_configured: 'not_configured',
  unknown_ticket: 'unknown_ticket',
  not_found: 'unknown_ticket',
  too_many_tickets: 'too_many_tickets',
  too_many_services: 'too_many_services',
  unauthorized: 'not_allowed',
  forbidden: 'not_allowed',
  too_many_requests: 'busy',
};

function text(fact: unknown): string | null {
  return typeof fact === 'string' ? fact : null;
}

/** Short: why a service gives no numbers and when it opens. One or two sentences. */
export function closedWords(closed: Closed & { next_at?: string | null }, language: string, hall: Hall): string {
  const words = refusals(language);
  if (closed.code === 'closed') {
    const why = words[WHY[closed.why ?? ''] ?? 'closed'];
    if (!closed.opens_at) return String(why);
    return `${why} ${say(words.opens, { when: openingWords(closed.opens_at, language, hall) })}`;
  }
  if (closed.code === 'quota_reached') {
    const next = closed.next_at ?? closed.opens_at;
    if (!next) return words.quota_reached;
    return `${words.quota_reached} ${say(words.next_numbers, { when: openingWords(next, language, hall) })}`;
  }
  return String(words[PLAIN[closed.code] ?? 'other']);
}

/** Any refusal the server may give to a visitor's page. */
export function visitorRefusal(refused: Refused, language: string, hall: Hall): string {
  const { facts } = refused;
  const why = text(facts['why']) as ClosedWhy | null;
  return closedWords(
    { code: refused.code, why, opens_at: text(facts['opens_at']), next_at: text(facts['next_at']) },
    language,
    hall,
  );
}
