// What the lobby shows, as a value: the calls (newest first), the counts, the notice.
// Pure: a frame and the hall's time in, the next board and what to announce out.
// Must not play sound, draw, or ask a clock.

import type { Call, Desk, Frame, Notice, NoticeCode, QueueCount } from './wire';

/** The newest calls that are kept, as many as the server lists; beside them the newest of every counter. */
export const CALLS_MAX = 64;

export interface Board {
  /** Newest first, one per ticket. */
  readonly calls: readonly Call[];
  readonly queues: readonly QueueCount[];
  /** Counters where somebody works now; null until it was said. */
  readonly desks: readonly Desk[] | null;
  readonly notice: Notice | null;
  readonly announce_below_s: number;
  readonly simulated: boolean;
  readonly speed: number;
}

export const EMPTY_BOARD: Board = {
  calls: [],
  queues: [],
  desks: null,
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

function onSnapshot(board: Board, frame: Frame & { type: 'snapshot' }, now_ms: number): Step {
  const known = new Set(board.calls.map(callKey));
  const next: Board = {
    // Who must leave the hall is called nowhere.
    calls: frame.notice?.code === 'evacuation' ? [] : order(frame.calls),
    queues: frame.queues,
    desks: frame.desks,
    notice: frame.notice,
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
  const last = calls.find(({ counter }) => counter === call.counter) === call;
  const desks = last ? seated(board.desks, call) : board.desks;
  const next = { ...board, calls, desks, notice: noticeAfterCall(board.notice) };
  const listed = calls.includes(call);
  return { board: next, announce: listed && isFresh(call, next, now_ms) ? [call] : [] };
}

/** Counts follow a call a moment later: until then the call itself tells where its ticket is. */
function seated(desks: readonly Desk[] | null, { ticket, counter }: Call): readonly Desk[] | null {
  if (desks === null) return null;
  const others = vacated(desks, ticket, '')?.filter(({ id }) => id !== counter) ?? [];
  return [...others, { id: counter, state: 'open', ticket }];
}

/** Without that ticket at that counter, or at any when none is named. */
function vacated(desks: readonly Desk[] | null, ticket: number, counter: string): readonly Desk[] | null {
  const leaves = (desk: Desk): boolean => desk.ticket === ticket && (counter === '' || desk.id === counter);
  return desks?.map((desk) => (leaves(desk) ? { ...desk, ticket: null } : desk)) ?? null;
}

/** A hall that calls people again is neither evacuated nor closed for the day. */
function noticeAfterCall(notice: Notice | null): Notice | null {
  return notice?.code === 'evacuation' || notice?.code === 'day_closed' ? null : notice;
}

/** An evacuation also stops the issuing, and says so right behind it: that is no news to people who must leave. */
const LESSER: readonly NoticeCode[] = ['issuing_suspended', 'queue_closed'];

function onNotice(board: Board, frame: Frame & { type: 'notice' }): Board {
  if (board.notice?.code === 'evacuation' && LESSER.includes(frame.code)) return board;
  const calls = frame.code === 'day_opened' || frame.code === 'evacuation' ? [] : board.calls;
  const ends = frame.code === 'day_opened' || frame.code === 'issuing_resumed';
  const notice = ends ? null : { code: frame.code, queue: frame.queue };
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
      return { board: { ...board, calls, desks: vacated(board.desks, frame.ticket, frame.counter) }, announce: [] };
    }
    case 'counts':
      return {
        board: { ...board, queues: frame.queues, desks: frame.desks ?? board.desks },
        announce: [],
      };
    case 'notice':
      return { board: onNotice(board, frame), announce: [] };
  }
}
