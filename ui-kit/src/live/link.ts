// The live connection as a pure state machine: input and time in, next state and effects out. It owns the rules
// (resume position, jittered reconnect, heartbeat watchdog, staleness) and touches no socket, clock or timer.

import { type Frame, parseFrame } from './frames';

/** Heartbeats come every 5 s; two missed ones and what is shown may be old. */
export const STALE_AFTER_MS = 10_000;
/** Three missed. A silent but open socket is given up: the other end may be gone without a word. */
export const SILENT_AFTER_MS = 15_000;
export const OPENING_WITHIN_MS = 8_000;
export const RECONNECT_FIRST_MS = 500;
export const RECONNECT_LAST_MS = 10_000;

export type Phase = 'stopped' | 'opening' | 'open' | 'pausing';
export type Freshness = 'starting' | 'live' | 'stale';

export interface LinkState {
  readonly phase: Phase;
  /** When the phase began. */
  readonly phaseAt: number;
  readonly startedAt: number;
  /** Failed connections in a row. */
  readonly failures: number;
  readonly reconnectAt: number;
  readonly heardAt: number | null;
  readonly position: string | null;
  readonly freshness: Freshness;
}

export type LinkInput =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'opened' }
  | { type: 'text'; text: string }
  | { type: 'dropped' }
  /** The network or the page came back: do not wait for the timer. */
  | { type: 'nudge' }
  | { type: 'tick' };

export type LinkEffect =
  | { type: 'connect'; since: string | null }
  | { type: 'disconnect' }
  | { type: 'deliver'; frame: Frame };

export interface LinkStep {
  state: LinkState;
  effects: LinkEffect[];
}

export const STOPPED: LinkState = {
  phase: 'stopped', phaseAt: 0, startedAt: 0, failures: 0, reconnectAt: 0, heardAt: null, position: null,
  freshness: 'starting',
};

/** Doubling with full jitter in the upper half, so that 100 screens do not come back in step. `random` in [0, 1). */
export function reconnectDelayMs(failures: number, random: number): number {
  const ceiling = Math.min(RECONNECT_LAST_MS, RECONNECT_FIRST_MS * 2 ** Math.min(failures, 10));
  return ceiling / 2 + (ceiling / 2) * random;
}

function opening(state: LinkState, now: number): LinkStep {
  return {
    state: { ...state, phase: 'opening', phaseAt: now },
    effects: [{ type: 'connect', since: state.position }],
  };
}

function pausing(state: LinkState, now: number, random: number, effects: LinkEffect[] = []): LinkStep {
  const reconnectAt = now + reconnectDelayMs(state.failures, random);
  return { state: { ...state, phase: 'pausing', phaseAt: now, failures: state.failures + 1, reconnectAt }, effects };
}

/** `{journal}.{epoch}` of a position. */
function lineageOf(position: string): string {
  return position.slice(0, Math.max(0, position.lastIndexOf('.')));
}

/** Only a snapshot may begin another journal or epoch; anything else would be put onto what it does not belong to. */
function isOfAnother(frame: Frame, position: string | null): boolean {
  if (frame.type === 'snapshot' || frame.position === undefined || position === null) return false;
  return lineageOf(frame.position) !== lineageOf(position);
}

function received(state: LinkState, text: string, now: number, random: number): LinkStep {
  const frame = parseFrame(text);
  // Something else is talking to us, or another journal goes on in the middle: start again from a snapshot.
  if (frame === null || isOfAnother(frame, state.position)) return pausing({ ...state, position: null }, now, random, [{ type: 'disconnect' }]);
  const position = frame.position ?? state.position;
  return { state: { ...state, failures: 0, heardAt: now, position }, effects: [{ type: 'deliver', frame }] };
}

function lastSign(state: LinkState): number {
  return Math.max(state.phaseAt, state.heardAt ?? state.phaseAt);
}

function timePassed(state: LinkState, now: number, random: number): LinkStep {
  if (state.phase === 'pausing' && now >= state.reconnectAt) return opening(state, now);
  const late =
    (state.phase === 'opening' && now >= state.phaseAt + OPENING_WITHIN_MS) ||
    (state.phase === 'open' && now >= lastSign(state) + SILENT_AFTER_MS);
  return late ? pausing(state, now, random, [{ type: 'disconnect' }]) : { state, effects: [] };
}

function transition(state: LinkState, input: LinkInput, now: number, random: number): LinkStep {
  if (input.type === 'start') {
    return state.phase === 'stopped' ? opening({ ...state, startedAt: now }, now) : { state, effects: [] };
  }
  if (state.phase === 'stopped') return { state, effects: [] };
  switch (input.type) {
    case 'stop':
      return { state: { ...state, phase: 'stopped', phaseAt: now }, effects: [{ type: 'disconnect' }] };
    case 'opened':
      return { state: { ...state, phase: 'open', phaseAt: now }, effects: [] };
    case 'text':
      return received(state, input.text, now, random);
    case 'dropped':
      return state.phase === 'pausing' ? { state, effects: [] } : pausing(state, now, random);
    case 'nudge':
      return state.phase === 'pausing' ? opening({ ...state, failures: 0 }, now) : timePassed(state, now, random);
    case 'tick':
      return timePassed(state, now, random);
  }
}

function freshness(state: LinkState, now: number): Freshness {
  if (now >= (state.heardAt ?? state.startedAt) + STALE_AFTER_MS) return 'stale';
  return state.heardAt === null ? 'starting' : 'live';
}

/** Times in ms of one monotonic clock; `random` in [0, 1). */
export function step(state: LinkState, input: LinkInput, now: number, random: number): LinkStep {
  const next = transition(state, input, now, random);
  return { state: { ...next.state, freshness: freshness(next.state, now) }, effects: next.effects };
}

/** When a `tick` is due at the latest; null when time alone changes nothing. */
export function nextWake(state: LinkState): number | null {
  if (state.phase === 'stopped') return null;
  const wakes: number[] = [];
  if (state.freshness !== 'stale') wakes.push((state.heardAt ?? state.startedAt) + STALE_AFTER_MS);
  if (state.phase === 'pausing') wakes.push(state.reconnectAt);
  if (state.phase === 'opening') wakes.push(state.phaseAt + OPENING_WITHIN_MS);
  if (state.phase === 'open') wakes.push(lastSign(state) + SILENT_AFTER_MS);
  return wakes.length === 0 ? null : Math.min(...wakes);
}
