import { describe, expect, it } from 'vitest';
import { CALLS_MAX, EMPTY_BOARD, callKey, step } from './board';
import { T0, sampleCall, sampleDesk, sampleQueue, sampleSnapshot } from './testing';
import type { Call, Frame } from './wire';

function snapshot(calls: Call[], changes: Parameters<typeof sampleSnapshot>[0] = {}): Frame {
  return sampleSnapshot({ calls, queues: [sampleQueue()], desks: [sampleDesk('c3', 12)], ...changes });
}

const call = (changes: Partial<Call> = {}): Frame => ({ type: 'call', call: sampleCall(changes) });

describe('the lobby board', () => {
  it('shows a new call first and announces it', () => {
    const before = step(EMPTY_BOARD, call({ ticket: 1, number: 'A001', at_ms: T0 - 60_000 }), T0);
    const after = step(before.board, call(), T0);
    expect(after.board.calls.map((c) => c.number)).toEqual(['A012', 'A001']);
    expect(after.announce.map((c) => c.number)).toEqual(['A012']);
  });

  it('announces the first call of the day', () => {
    expect(step(EMPTY_BOARD, call(), T0).announce).toHaveLength(1);
  });

  it('announces a recall again and lists the ticket once', () => {
    const first = step(EMPTY_BOARD, call(), T0).board;
    const again = step(first, call({ attempt: 2, at_ms: T0 + 20_000 }), T0 + 20_000);
    expect(again.announce.map((c) => c.attempt)).toEqual([2]);
    expect(again.board.calls).toHaveLength(1);
  });

  it('announces the same call once, however often it arrives', () => {
    const first = step(EMPTY_BOARD, call(), T0).board;
    expect(step(first, call(), T0).announce).toEqual([]);
    expect(step(first, snapshot([sampleCall()]), T0).announce).toEqual([]);
  });

  it('lists a replayed call older than 30 s without announcing it', () => {
    const replayed = step(EMPTY_BOARD, call(), T0 + 30_000);
    expect(replayed.board.calls).toHaveLength(1);
    expect(replayed.announce).toEqual([]);
  });

  it('announces the fresh, unseen calls of a snapshot, oldest first', () => {
    const seen = sampleCall({ ticket: 1, at_ms: T0 });
    const before = step(EMPTY_BOARD, snapshot([seen]), T0).board;
    const missed = [
      sampleCall({ ticket: 3, at_ms: T0 + 9_000 }),
      sampleCall({ ticket: 2, at_ms: T0 + 5_000 }),
      seen,
    ];
    const after = step(before, snapshot(missed), T0 + 10_000);
    expect(after.announce.map((c) => c.ticket)).toEqual([2, 3]);
    expect(after.board.calls.map((c) => c.ticket)).toEqual([3, 2, 1]);
  });

  it('removes a withdrawn call', () => {
    const before = step(EMPTY_BOARD, call(), T0).board;
    const after = step(before, { type: 'withdrawn', ticket: 12, counter: 'c3' }, T0);
    expect(after.board.calls).toEqual([]);
  });

  it('keeps a call that stands at another counter since', () => {
    const before = step(EMPTY_BOARD, call({ counter: 'c7', label: '7' }), T0).board;
    const after = step(before, { type: 'withdrawn', ticket: 12, counter: 'c3' }, T0);
    expect(after.board.calls).toHaveLength(1);
  });

  it('shows a transferred ticket at its new counter only', () => {
    const before = step(EMPTY_BOARD, call(), T0).board;
    const after = step(before, call({ counter: 'c7', label: '7', at_ms: T0 + 1 }), T0 + 1);
    expect(after.board.calls.map((c) => c.label)).toEqual(['7']);
  });

  it('keeps a replayed older call below newer ones', () => {
    const before = step(EMPTY_BOARD, call(), T0).board;
    const after = step(before, call({ ticket: 1, number: 'A001', at_ms: T0 - 1 }), T0);
    expect(after.board.calls.map((c) => c.number)).toEqual(['A012', 'A001']);
  });

  it('keeps a bounded number of calls', () => {
    let board = EMPTY_BOARD;
    for (let n = 0; n < CALLS_MAX + 9; n += 1) {
      board = step(board, call({ ticket: n, at_ms: T0 + n }), T0 + n).board;
    }
    expect(board.calls).toHaveLength(CALLS_MAX);
    expect(board.calls[0]?.ticket).toBe(CALLS_MAX + 8);
  });

  it('keeps the newest call of a quiet counter, however many others call', () => {
    let board = step(EMPTY_BOARD, call({ ticket: 1_000, counter: 'c9', at_ms: T0 - 9 }), T0).board;
    for (let n = 0; n < CALLS_MAX + 9; n += 1) {
      board = step(board, call({ ticket: n, at_ms: T0 + n }), T0 + n).board;
    }
    expect(board.calls.at(-1)).toMatchObject({ ticket: 1_000, counter: 'c9' });
  });

  it('knows where somebody works, and forgets it for nothing', () => {
    const opened = step(EMPTY_BOARD, snapshot([]), T0).board;
    expect(opened.desks).toEqual([sampleDesk('c3', 12)]);
    const unsaid = step(opened, { type: 'counts', queues: [], desks: null }, T0).board;
    expect(unsaid.desks).toEqual([sampleDesk('c3', 12)]);
    expect(step(opened, { type: 'counts', queues: [], desks: [] }, T0).board.desks).toEqual([]);
  });

  it('takes a call for what is at its counter until that is told, and no replayed older one', () => {
    const opened = step(EMPTY_BOARD, snapshot([], { desks: [sampleDesk('c3', 7), sampleDesk('c5', 12)] }), T0).board;
    const called = step(opened, call(), T0).board;
    expect(called.desks).toEqual([sampleDesk('c5'), sampleDesk('c3', 12)]);
    const older = step(called, call({ ticket: 7, at_ms: T0 - 1 }), T0).board;
    expect(older.desks).toEqual(called.desks);
    expect(step(EMPTY_BOARD, call(), T0).board.desks, 'nothing is known').toBeNull();
  });

  it('takes a withdrawn ticket from its counter, and from no other', () => {
    const opened = step(EMPTY_BOARD, snapshot([]), T0).board;
    const withdrawn = (counter: string): Frame => ({ type: 'withdrawn', ticket: 12, counter });
    expect(step(opened, withdrawn('c3'), T0).board.desks).toEqual([sampleDesk('c3')]);
    expect(step(opened, withdrawn(''), T0).board.desks).toEqual([sampleDesk('c3')]);
    expect(step(opened, withdrawn('c5'), T0).board.desks).toEqual(opened.desks);
  });

  it('clears the calls on evacuation, and ends it with a call', () => {
    const calm = step(EMPTY_BOARD, call(), T0).board;
    const empty = step(calm, { type: 'notice', code: 'evacuation', queue: null }, T0).board;
    expect(empty.calls).toEqual([]);
    expect(step(empty, call({ at_ms: T0 + 5 }), T0 + 5).board.notice).toBeNull();
  });

  it.each(['evacuation', 'day_closed'] as const)('a screen that starts or returns during %s shows it, and its end', (code) => {
    const notice = { code, queue: null };
    const started = step(EMPTY_BOARD, snapshot([], { notice }), T0).board;
    expect(started.notice).toEqual(notice);
    expect(step(started, snapshot([], { notice }), T0).board.notice).toEqual(notice);
    expect(step(started, snapshot([]), T0).board.notice).toBeNull();
  });

  it('neither lists nor announces calls in a snapshot that says evacuation', () => {
    const { board, announce } = step(EMPTY_BOARD, snapshot([sampleCall()], { notice: { code: 'evacuation', queue: null } }), T0);
    expect([board.calls, announce]).toEqual([[], []]);
  });

  it.each(['issuing_suspended', 'queue_closed'] as const)('still says evacuation when %s follows it', (code) => {
    const empty = step(EMPTY_BOARD, { type: 'notice', code: 'evacuation', queue: null }, T0).board;
    expect(step(empty, { type: 'notice', code, queue: null }, T0 + 1).board.notice?.code).toBe('evacuation');
    expect(step(empty, { type: 'notice', code: 'issuing_resumed', queue: null }, T0 + 2).board.notice).toBeNull();
  });

  it('takes all from the snapshot of a restored journal, and announces nothing twice', () => {
    const shown = step(step(EMPTY_BOARD, call(), T0).board, call({ ticket: 7, at_ms: T0 + 1 }), T0).board;
    const restored = step(shown, snapshot([sampleCall()]), T0 + 2);
    expect(restored.board.calls.map(({ ticket }) => ticket)).toEqual([12]);
    expect(restored.announce).toEqual([]);
  });

  it('begins a new day with an empty board', () => {
    const before = step(EMPTY_BOARD, call(), T0).board;
    const after = step(before, { type: 'notice', code: 'day_opened', queue: null }, T0).board;
    expect(after).toMatchObject({ calls: [], notice: null });
  });

  it('gives attempts of one call different keys', () => {
    expect(callKey(sampleCall())).not.toBe(callKey(sampleCall({ attempt: 2 })));
  });
});
