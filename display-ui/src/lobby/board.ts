// What the lobby shows, as a value: the calls (newest first), the counts, the notice.
// Pure: a frame and the hall's time in, the next board and what to announce out.
// Must not play sound, draw, or ask a clock.

import type { Call, Frame, NoticeCode, QueueCount } from './wire';

/** The newest calls that are kept, as many as the server lists; beside them the newest of every counter. */
export const CALLS_MAX = 64;

export interface Notice {
  readonly code: NoticeCode;
  readonly queue: string | null;
  readonly since_ms: number;
}

export interface Board {
  /** Newest first, one per ticket. */
  readonly calls: readonly Call[];
  readonly queues: readonly QueueCount[];
  /** Counters where somebody works now; null until it was said. */
  readonly open_counters: readonly string[] | null;
  readonly notice: Notice | null;
  readonly announce_below_s: number;
  readonly simulated: boolean;
  readonly speed: number;
}

export const EMPTY_BOARD: Board = {
  calls: [],
  queues: [],
  open_counters: null,
  notice: null,
  announce_below_s: 30,
  simulated: false,
  speed: 1,
};

export interface Step {
  readonly board: Board;
  /** Oldest first: they are announced in the order in which people were called. */
  readonly announce: readonly Call[];
}

/** The same announcement always has the same key, however it reaches the screen. */
export function callKey(call: Call): string {
  return `${call.ticket}/${call.counter}/${call.attempt}/${call.at_ms}`;
}

function isFresh(call: Call, board: Board, now_ms: number): boolean {
  return now_ms - call.at_ms < board.announce_below_s * 1000;
}

/** Newest first; of one ticket only its newest call, so a person is sent to one counter only. */
function order(calls: readonly Call[]): Call[] {
  const sorted = [...calls].sort((a, b) => b.at_ms - a.at_ms);
  const seen = new Set<number>();
  const counters = new Set<string>();
  return sorted
    .filter((call) => !seen.has(call.ticket) && seen.add(call.ticket))
    .filter((call, index) => (!counters.has(call.counter) && counters.add(call.counter)) || index < CALLS_MAX);
}

/** Before a frame of another journal or epoch (`{journal}.{epoch}`): it knows nothing of a notice that stood before it.
    All else comes with its snapshot; calls stay until then, so that one it lists too is not announced twice. */
export function inLineage(board: Board, before: string | null, now: string): Board {
  return before === null || before === now ? board : { ...board, notice: null };
}

function onSnapshot(board: Board, frame: Frame & { type: 'snapshot' }, now_ms: number): Step {
  const known = new Set(board.calls.map(callKey));
  const next: Board = {
    calls: order(frame.calls),
    queues: frame.queues,
    open_counters: frame.open_counters,
    // A snapshot carries no notice; an evacuation must not vanish because a line was cut.
    notice: board.notice?.code === 'evacuation' ? board.notice : null,
    announce_below_s: frame.announce_below_s,
    simulated: frame.simulated,
    speed: frame.speed,
  };
  const announce = next.calls.filter(
    (call) => !known.has(callKey(call)) && isFresh(call, next, now_ms),
  );
  return { board: next, announce: announce.reverse() };
}

function onCall(board: Board, call: Call, now_ms: number): Step {
  if (board.calls.some((known) => callKey(known) === callKey(call))) {
    return { board, announce: [] };
  }
  const calls = order([call, ...board.calls]);
  const next = { ...board, calls, notice: noticeAfterCall(board.notice) };
  const listed = calls.includes(call);
  return { board: next, announce: listed && isFresh(call, next, now_ms) ? [call] : [] };
}

/** A hall that calls people again is neither evacuated nor closed for the day. */
function noticeAfterCall(notice: Notice | null): Notice | null {
  return notice?.code === 'evacuation' || notice?.code === 'day_closed' ? null : notice;
}

function onNotice(board: Board, frame: Frame & { type: 'notice' }, now_ms: number): Board {
  const calls = frame.code === 'day_opened' || frame.code === 'evacuation' ? [] : board.calls;
  const ends = frame.code === 'day_opened' || frame.code === 'issuing_resumed';
  const notice = ends ? null : { code: frame.code, queue: frame.queue, since_ms: now_ms };
  return { ...board, calls, notice };
}

export function step(board: Board, frame: Frame, now_ms: number): Step {
  switch (frame.type) {
    case 'snapshot':
      return onSnapshot(board, frame, now_ms);
    case 'call':
      return onCall(board, frame.call, now_ms);
    case 'withdrawn': {
      // Taken back at one counter, it may stand called at another since.
      const calls = board.calls.filter(
        (call) => call.ticket !== frame.ticket || (frame.counter !== '' && call.counter !== frame.counter),
      );
      return { board: { ...board, calls }, announce: [] };
    }
    case 'counts':
      return {
        board: { ...board, queues: frame.queues, open_counters: frame.open_counters ?? board.open_counters },
        announce: [],
      };
    case 'notice':
      return { board: onNotice(board, frame, now_ms), announce: [] };
  }
}
