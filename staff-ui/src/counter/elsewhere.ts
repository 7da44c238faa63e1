// What another window, clerk or rule did to this counter, read from the counter before and after.
// Pure; the page puts it into words. Must not guess who did it.

import type { CounterDetail } from '@khiw/ui-kit/api';

export type Elsewhere =
  | { readonly what: 'called'; readonly number: string }
  | { readonly what: 'recalled'; readonly number: string }
  | { readonly what: 'started'; readonly number: string }
  | { readonly what: 'left'; readonly number: string }
  | { readonly what: 'closed' }
  | { readonly what: 'opened' }
  | { readonly what: 'paused' }
  | { readonly what: 'resumed' };

export function elsewhere(before: CounterDetail, after: CounterDetail): Elsewhere | null {
  const was = before.at_hand;
  const is = after.at_hand;
  if (is !== null && is.id !== was?.id) return { what: 'called', number: is.number };
  if (is !== null && was !== null) {
    if (is.state === 'serving' && was.state === 'called') return { what: 'started', number: is.number };
    if ((is.attempt ?? 0) > (was.attempt ?? 0)) return { what: 'recalled', number: is.number };
    if (is.step !== was.step) return { what: 'called', number: is.number };
  }
  if (was !== null && is === null) return { what: 'left', number: was.number };
  if (before.state === after.state) return null;
  if (after.state === 'closed') return { what: 'closed' };
  if (after.state === 'paused') return { what: 'paused' };
  if (before.state === 'closed') return { what: 'opened' };
  return before.state === 'paused' ? { what: 'resumed' } : null;
}
