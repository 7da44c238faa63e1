import { describe, expect, it } from 'vitest';
import { callKey } from './board';
import { sampleCall } from './testing';
import {
  NO_TURNS,
  TURN_MS,
  TURN_SHORT_MS,
  WAITING_MAX,
  advance,
  announce,
  keepOnly,
  nextDue,
} from './turns';

const one = sampleCall({ ticket: 1, number: 'A001' });
const two = sampleCall({ ticket: 2, number: 'A002' });

describe('turns of announcements', () => {
  it('highlights a lone call for its full time', () => {
    const turns = announce(NO_TURNS, [one], 0);
    expect(turns.current?.call).toBe(one);
    expect(advance(turns, TURN_MS - 1).current?.call).toBe(one);
    expect(advance(turns, TURN_MS).current).toBeNull();
  });

  it('gives two calls at once a highlight each, in turn', () => {
    const turns = announce(NO_TURNS, [one, two], 0);
    expect(turns.current?.call).toBe(one);
    const after = advance(turns, TURN_SHORT_MS);
    expect(after.current?.call).toBe(two);
    expect(nextDue(after)).toBe(TURN_SHORT_MS + TURN_MS);
  });

  it('shortens the running turn when another call comes', () => {
    const running = announce(NO_TURNS, [one], 0);
    expect(announce(running, [two], 1_000).current?.call).toBe(one);
    expect(announce(running, [two], 5_000).current?.call).toBe(two);
  });

  it('ends the turn of a withdrawn call and passes to the next', () => {
    const turns = announce(NO_TURNS, [one, two], 0);
    expect(keepOnly(turns, new Set([callKey(two)]), 500).current?.call).toBe(two);
    expect(keepOnly(turns, new Set([callKey(one)]), 500).waiting).toEqual([]);
  });

  it('keeps a bounded number waiting, the newest', () => {
    const many = Array.from({ length: 30 }, (_, n) => sampleCall({ ticket: n }));
    const turns = announce(announce(NO_TURNS, [one], 0), many, 1);
    expect(turns.waiting).toHaveLength(WAITING_MAX);
    expect(turns.waiting.at(-1)?.ticket).toBe(29);
  });

  it('has nothing due when idle', () => {
    expect(nextDue(NO_TURNS)).toBeNull();
    expect(advance(NO_TURNS, 99)).toBe(NO_TURNS);
  });
});
