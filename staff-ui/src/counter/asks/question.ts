// Which question stands open on the counter page. At most one.

import type { OrderEntry } from '@khiw/ui-kit/api';

export type Question =
  | { readonly about: 'pause' }
  /** About the ticket that was at hand when it was asked, and about no other. */
  | { readonly about: 'complete' | 'park' | 'transfer' | 'services' | 'print-again'; readonly ticket: number }
  | { readonly about: 'out_of_order'; readonly entry: OrderEntry };

/** A question about a ticket that has left the counter meanwhile is no question any more. */
export function stillStands(question: Question | null, at_hand: number | null): Question | null {
  if (question === null || !('ticket' in question)) return question;
  return question.ticket === at_hand ? question : null;
}
