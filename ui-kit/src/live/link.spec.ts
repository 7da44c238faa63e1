import { describe, expect, test } from 'vitest';

import {
  type LinkInput, type LinkState, nextWake, OPENING_WITHIN_MS, RECONNECT_FIRST_MS, RECONNECT_LAST_MS, reconnectDelayMs,
  SILENT_AFTER_MS, STALE_AFTER_MS, step, STOPPED,
} from './link';

const beat = JSON.stringify({ type: 'heartbeat', now: '2026-12-02T09:00:00+07:00' });
const call = (position: string) => JSON.stringify({ type: 'call', position, now: '2026-12-02T09:00:00+07:00' });
const text = (body: string): LinkInput => ({ type: 'text', text: body });

/** Runs inputs at their times; answers the last state and all effects. */
function run(inputs: [at: number, input: LinkInput][], from: LinkState = STOPPED, random = 0.5) {
  let state = from;
  const effects: ReturnType<typeof step>['effects'] = [];
  for (const [at, input] of inputs) {
    const next = step(state, input, at, random);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

const live: [number, LinkInput][] = [[0, { type: 'start' }], [10, { type: 'opened' }], [20, text(call('j.1.7'))]];

describe('a live link', () => {
  test('connects without a position first, and with the last one after a drop', () => {
    const { effects } = run([...live, [30, { type: 'dropped' }], [30 + RECONNECT_LAST_MS, { type: 'tick' }]]);
    expect(effects.filter((effect) => effect.type === 'connect')).toEqual([
      { type: 'connect', since: null },
      { type: 'connect', since: 'j.1.7' },
    ]);
  });

  test('keeps its position over frames that have none', () => {
    expect(run([...live, [30, text(beat)]]).state.position).toBe('j.1.7');
  });

  test('waits before it connects again, and not longer than told', () => {
    const { state } = run([...live, [100, { type: 'dropped' }]]);
    expect(state.phase).toBe('pausing');
    expect(step(state, { type: 'tick' }, state.reconnectAt - 1, 0).effects).toEqual([]);
    expect(step(state, { type: 'tick' }, state.reconnectAt, 0).effects).toEqual([{ type: 'connect', since: 'j.1.7' }]);
  });

  test('waits longer after each failure, up to a bound, and starts over once it hears something', () => {
    const delays = Array.from({ length: 12 }, (_, failures) => reconnectDelayMs(failures, 0.999));
    expect(delays[0]).toBeLessThanOrEqual(RECONNECT_FIRST_MS);
    expect(delays[3] ?? 0).toBeGreaterThan(delays[1] ?? 0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(RECONNECT_LAST_MS);
    const failed = run([[0, { type: 'start' }], [1, { type: 'dropped' }], [9_000, { type: 'tick' }], [9_001, { type: 'dropped' }]]);
    expect(failed.state.failures).toBe(2);
    expect(run([[30_000, { type: 'tick' }], [30_001, { type: 'opened' }], [30_002, text(beat)]], failed.state).state.failures).toBe(0);
  });

  test('spreads returning screens by chance', () => {
    expect(reconnectDelayMs(4, 0)).toBeLessThan(reconnectDelayMs(4, 0.9) - 1_000);
  });

  test('gives up a socket that stays silent, though it is open', () => {
    const { state } = run(live);
    expect(step(state, { type: 'tick' }, 20 + SILENT_AFTER_MS - 1, 0).effects).toEqual([]);
    const late = step(state, { type: 'tick' }, 20 + SILENT_AFTER_MS, 0);
    expect(late.effects).toEqual([{ type: 'disconnect' }]);
    expect(late.state.phase).toBe('pausing');
  });

  test('gives up a socket that never opens', () => {
    const { state } = run([[0, { type: 'start' }]]);
    expect(step(state, { type: 'tick' }, OPENING_WITHIN_MS, 0).state.phase).toBe('pausing');
  });

  test('says stale ten seconds after the last sign, and live again at the next', () => {
    const { state } = run(live);
    expect(state.freshness).toBe('live');
    expect(step(state, { type: 'tick' }, 20 + STALE_AFTER_MS - 1, 0).state.freshness).toBe('live');
    const stale = step(state, { type: 'tick' }, 20 + STALE_AFTER_MS, 0).state;
    expect(stale.freshness).toBe('stale');
    expect(step(stale, text(beat), 20 + STALE_AFTER_MS + 5, 0).state.freshness).toBe('live');
  });

  test('a short drop is not yet stale', () => {
    expect(run([...live, [1_000, { type: 'dropped' }]]).state.freshness).toBe('live');
  });

  test('is stale when nothing was ever heard', () => {
    const { state } = run([[0, { type: 'start' }]]);
    expect(state.freshness).toBe('starting');
    expect(step(state, { type: 'tick' }, STALE_AFTER_MS, 0).state.freshness).toBe('stale');
  });

  test('distrusts a socket that does not speak frames, and begins from a snapshot', () => {
    const { state, effects } = run([...live, [30, text('<html>')]]);
    expect(effects.at(-1)).toEqual({ type: 'disconnect' });
    expect(state.position).toBeNull();
    expect(state.phase).toBe('pausing');
  });

  test.each(['j.0.8', 'j.2.8', 'other.1.8'])('does not go on with %s where it stood in another journal or epoch', (position) => {
    const { state, effects } = run([...live, [30, text(call(position))]]);
    expect(effects.at(-1)).toEqual({ type: 'disconnect' });
    expect(state).toMatchObject({ phase: 'pausing', position: null });
  });

  test.each(['j.0.8', 'other.1.8'])('takes a snapshot over from %s', (position) => {
    const snapshot = JSON.stringify({ type: 'snapshot', position, now: '2026-12-02T09:00:00+07:00' });
    const { state, effects } = run([...live, [30, text(snapshot)]]);
    expect(effects.at(-1)).toMatchObject({ type: 'deliver', frame: { position } });
    expect(state).toMatchObject({ phase: 'open', position });
  });

  test('connects at once when the network returns', () => {
    const { state } = run([...live, [30, { type: 'dropped' }]]);
    expect(step(state, { type: 'nudge' }, 31, 0).effects).toEqual([{ type: 'connect', since: 'j.1.7' }]);
  });

  test('does nothing after it was stopped', () => {
    const { state } = run([...live, [30, { type: 'stop' }]]);
    expect(run([[40, text(beat)], [50, { type: 'dropped' }], [99_999, { type: 'tick' }]], state).effects).toEqual([]);
    expect(nextWake(state)).toBeNull();
  });

  test('asks to be woken for whatever comes first', () => {
    const { state } = run(live);
    expect(nextWake(state)).toBe(20 + STALE_AFTER_MS);
    const stale = step(state, { type: 'tick' }, 20 + STALE_AFTER_MS, 0).state;
    expect(nextWake(stale)).toBe(20 + SILENT_AFTER_MS);
  });
});
