// Every refusal of the domain and the server in words for staff: what happened and what to do.

import en from '../../../config/locales/pages/refusals-staff/en.json';
import th from '../../../config/locales/pages/refusals-staff/th.json';
import vi from '../../../config/locales/pages/refusals-staff/vi.json';
import { Garbled, Refused, Unreachable } from '../api/problem';
import { dictionary } from './dictionaries';
import { say } from './say';

const refusals = dictionary<typeof en>({ en, th, vi });

function sayable(facts: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const out: Record<string, string | number> = {};
  for (const [name, fact] of Object.entries(facts)) {
    if (typeof fact === 'string' || typeof fact === 'number') out[name] = fact;
    if (Array.isArray(fact)) out[name] = fact.join(', ');
  }
  const max_s = facts['max_s'];
  if (typeof max_s === 'number') out['max_min'] = Math.floor(max_s / 60);
  return out;
}

/** `states` puts a ticket state into the page's own words, for `illegal_transition`. */
export function staffRefusal(problem: unknown, language: string, states: Record<string, string> = {}): string {
  const words = refusals(language) as Record<string, string | boolean>;
  if (problem instanceof Unreachable) return String(words['unreachable']);
  if (problem instanceof Garbled) return String(words['garbled']);
  const code = problem instanceof Refused ? problem.code : 'other';
  const facts: Record<string, string | number> = { code, ...(problem instanceof Refused ? sayable(problem.facts) : {}) };
  const state = facts['state'];
  if (typeof state === 'string') facts['state'] = states[state] ?? state;
  const template = words[code];
  return say(typeof template === 'string' ? template : String(words['other']), facts);
}
