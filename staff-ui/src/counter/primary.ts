// What the one wide button will do now. Pure: the counter and the site's start rule in, the deed out.
// Its label must say the same thing (words are the page's).

import type { CounterDetail } from '@khiw/ui-kit/api';

export type StartRule = 'implicit' | 'explicit';

export type Primary =
  | { readonly does: 'open' }
  | { readonly does: 'resume' }
  /** `done` is completed by the same press; `next` is who would be called as the line stands. */
  | { readonly does: 'call-next'; readonly done: string | null; readonly next: string }
  | { readonly does: 'complete'; readonly done: string }
  | { readonly does: 'start'; readonly number: string }
  /** Nobody waits: nothing to press, the page says so instead of offering a dead button. */
  | { readonly does: 'nothing' };

export function primary(counter: CounterDetail, start: StartRule): Primary {
  const hand = counter.at_hand;
  if (hand !== null) {
    if (start === 'explicit' && hand.state === 'called') return { does: 'start', number: hand.number };
    const next = counter.order[0];
    // A paused counter finishes the ticket it has, but calls nobody.
    return next === undefined || counter.state === 'paused'
      ? { does: 'complete', done: hand.number }
      : { does: 'call-next', done: hand.number, next: next.number };
  }
  if (counter.state === 'closed') return { does: 'open' };
  if (counter.state === 'paused') return { does: 'resume' };
  const next = counter.order[0];
  return next === undefined ? { does: 'nothing' } : { does: 'call-next', done: null, next: next.number };
}
