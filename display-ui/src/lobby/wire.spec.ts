import { describe, expect, it } from 'vitest';
import { parseFrame } from './wire';

const call = {
  type: 'call',
  ticket: 7,
  number: 'A007',
  counter: 'c2',
  counter_name: { place: { th: 'โต๊ะ' }, label: '2' },
  attempt: 1,
  language: 'th',
  queue: 'q',
  at: '2026-12-02T09:41:00+07:00',
};

describe('frames from the wire', () => {
  it('reads a call with its counter as people know it', () => {
    const frame = parseFrame(call);
    expect(frame).toMatchObject({ type: 'call', call: { number: 'A007', label: '2' } });
  });

  it('reads how a call is said; a phrase that lacks a word is none', () => {
    const th = { language: 'th', tokens: ['invite', '1'], pauses_ms: [0, 90] };
    const frame = parseFrame({ ...call, speech: [th, { language: 'en', tokens: ['1', null] }, { tokens: ['1'] }, 5] });
    expect(frame).toMatchObject({ call: { speech: [th] } });
    expect(parseFrame(call)).toMatchObject({ call: { speech: [] } });
  });

  it('leaves out one wrong item of a snapshot and keeps the others', () => {
    const frame = parseFrame({
      type: 'snapshot',
      calls: [call, { ...call, number: null }, 'nonsense', null, { ...call, at: 'yesterday' }],
      queues: [{ id: 'q', letter: 'A', waiting: 3 }, { letter: 'B' }, 5],
    });
    expect(frame).toMatchObject({ type: 'snapshot', announce_below_s: 30, speed: 1 });
    if (frame?.type !== 'snapshot') throw new Error('not a snapshot');
    expect(frame.calls).toHaveLength(1);
    expect(frame.queues).toHaveLength(1);
  });

  it('reads who is next, how long it takes, and what counters do', () => {
    const desk = { id: 'c1', state: 'paused', ticket: 7 };
    const queue = { id: 'q', letter: 'A', next: 'A007', estimate: { p50_s: 300, p90_s: 900 } };
    expect(parseFrame({ type: 'counts', queues: [queue], desks: [desk, { id: 'c2', state: 'of tomorrow', ticket: 'x' }, 5] })).toMatchObject({
      queues: [{ next: 'A007', estimate: { p50_s: 300, p90_s: 900 } }],
      desks: [desk, { id: 'c2', state: 'open', ticket: null }],
    });
    const unsaid = parseFrame({ type: 'counts', queues: [{ id: 'q', next: null, estimate: { p50_s: 'soon' } }] });
    expect(unsaid).toMatchObject({ queues: [{ next: null, estimate: null }], desks: null });
  });

  it('reads the zone of a call', () => {
    expect(parseFrame({ ...call, zone: 'east' })).toMatchObject({ call: { zone: 'east' } });
    expect(parseFrame(call)).toMatchObject({ call: { zone: null } });
  });

  it('reads the notice that stands', () => {
    const notice = { code: 'evacuation' };
    expect(parseFrame({ type: 'snapshot', notice })).toMatchObject({ notice: { code: 'evacuation', queue: null } });
    expect(parseFrame({ type: 'snapshot' })).toMatchObject({ notice: null });
    expect(parseFrame({ type: 'snapshot', notice: { code: 'free_coffee' } })).toMatchObject({ notice: null });
  });

  it('survives a snapshot without lists', () => {
    expect(parseFrame({ type: 'snapshot', calls: 'x' })).toMatchObject({ calls: [], queues: [] });
  });

  it('falls back to the counter id when its name is missing', () => {
    const frame = parseFrame({ ...call, counter_name: undefined });
    expect(frame).toMatchObject({ call: { label: 'c2', place: {} } });
  });

  it.each([null, 3, 'x', [], {}, { type: 'heartbeat' }, { type: 'of tomorrow' }])(
    'passes over what is not for the lobby: %j',
    (value) => {
      expect(parseFrame(value)).toBeNull();
    },
  );

  it('passes over a notice it has no words for', () => {
    expect(parseFrame({ type: 'notice', code: 'free_coffee' })).toBeNull();
    expect(parseFrame({ type: 'notice', code: 'evacuation' })).not.toBeNull();
  });
});
