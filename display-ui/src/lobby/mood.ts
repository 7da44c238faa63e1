// What the large part of the screen says: a call, or why there is none. Pure.
// The worst news wins; nothing here hides a call that people wait for without a reason beside it.

import type { Board } from './board';
import type { Freshness } from '@khiw/ui-kit/live';

export type Mood = 'calls' | 'no_call_yet' | 'connecting' | 'closed' | 'evacuation';

/**
 * Closed is when nobody can be called any more: no numbers given, nobody waiting, and no counter open that may
 * still have somebody whose call stands here.
 */
export function isClosed(board: Board): boolean {
  if (board.notice?.code === 'day_closed') return true;
  const over = board.queues.every((queue) => !queue.open && queue.waiting === 0);
  const worked = board.queues.some((queue) => queue.counters_open > 0);
  return board.queues.length > 0 && over && (!worked || board.calls.length === 0);
}

export function mood(board: Board, freshness: Freshness, known: boolean): Mood {
  if (board.notice?.code === 'evacuation') return 'evacuation';
  if (!known && freshness !== 'live') return 'connecting';
  if (isClosed(board)) return 'closed';
  return board.calls.length === 0 ? 'no_call_yet' : 'calls';
}

/** Whether giving numbers is stopped for the whole hall, which everybody should read once. Who must leave the hall is not
    told that calls go on. */
export function allSuspended(board: Board): boolean {
  if (board.notice?.code === 'evacuation') return false;
  return board.queues.length > 0 && board.queues.every((queue) => queue.suspended);
}
