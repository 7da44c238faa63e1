// The secondary actions of a counter: which exist, which key presses each, when each makes sense.
// Pure. The server decides; this only keeps the page from offering what would surely be refused.

import type { CounterDetail } from '@khiw/ui-kit/api';
import type { StartRule } from './primary';

export type ActionId =
  | 'recall'
  | 'start'
  | 'absent'
  | 'no-show'
  | 'park'
  | 'transfer'
  | 'return'
  | 'services'
  | 'print-again'
  | 'complete'
  | 'undo'
  | 'pause'
  | 'resume'
  | 'open'
  | 'close';

export interface Action {
  readonly id: ActionId;
  /** The letter on the key cap; compared by place on the keyboard, so a Thai layout works too. */
  readonly key: string;
  /** Opens a question (which queue, which outcome) instead of acting at once. */
  readonly asks: boolean;
}

/** In the order of the row: about the call, about where the visitor goes, about the counter. */
export const ACTIONS: readonly Action[] = [
  { id: 'recall', key: 'R', asks: false },
  { id: 'start', key: 'S', asks: false },
  { id: 'absent', key: 'A', asks: false },
  { id: 'no-show', key: 'N', asks: false },
  { id: 'complete', key: 'C', asks: true },
  { id: 'park', key: 'P', asks: true },
  { id: 'transfer', key: 'T', asks: true },
  { id: 'return', key: 'B', asks: false },
  { id: 'services', key: 'E', asks: true },
  { id: 'print-again', key: 'G', asks: true },
  { id: 'undo', key: 'Z', asks: false },
  { id: 'pause', key: 'K', asks: true },
  { id: 'resume', key: 'K', asks: false },
  { id: 'open', key: 'O', asks: false },
  { id: 'close', key: 'O', asks: false },
];

function needsCalled(counter: CounterDetail): boolean {
  return counter.at_hand?.state === 'called';
}

/** Where service counts from the call, a visitor who has not come is still "served" on paper. */
function mayBeMissing(counter: CounterDetail, start: StartRule): boolean {
  const state = counter.at_hand?.state;
  return state === 'called' || (start === 'implicit' && state === 'serving');
}

export function isAvailable(id: ActionId, counter: CounterDetail, start: StartRule): boolean {
  const has_ticket = counter.at_hand !== null;
  switch (id) {
    case 'recall':
      return has_ticket;
    case 'start':
      return needsCalled(counter);
    case 'absent':
    case 'no-show':
      return mayBeMissing(counter, start);
    case 'complete':
    case 'park':
    case 'transfer':
    case 'return':
    case 'services':
    case 'print-again':
      return has_ticket;
    case 'undo':
      return counter.undo !== null;
    case 'pause':
      return counter.state !== 'closed' && counter.state !== 'paused';
    case 'resume':
      return counter.state === 'paused';
    case 'open':
      return counter.state === 'closed';
    case 'close':
      return counter.state !== 'closed' && !has_ticket;
  }
}

/** The row as it stands now: each key once; of two actions on one key the one that makes sense. */
export function row(counter: CounterDetail, start: StartRule): { action: Action; available: boolean }[] {
  const closed = counter.state === 'closed';
  const paused = counter.state === 'paused';
  const hidden = new Set<ActionId>([closed ? 'close' : 'open', paused ? 'pause' : 'resume']);
  if (start === 'implicit') hidden.add('start');
  return ACTIONS.filter((action) => !hidden.has(action.id)).map((action) => ({
    action,
    available: isAvailable(action.id, counter, start),
  }));
}
