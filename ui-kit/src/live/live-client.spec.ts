import { describe, expect, test } from 'vitest';

import type { Frame } from './frames';
import type { Freshness } from './link';
import { SILENT_AFTER_MS, STALE_AFTER_MS } from './link';
import { LiveClient, type LivePorts, liveUrl, RENDERED_EVERY_MS, type SocketEvents } from './live-client';

/** Sockets, timers and the clock in the test's hand. */
function world() {
  let now = 0;
  let timers: { id: number; at: number; run: () => void }[] = [];
  let ids = 0;
  let come = () => {};
  const sockets: { url: string; events: SocketEvents; sent: string[]; closed: boolean }[] = [];
  const ports: LivePorts = {
    connect(url, events) {
      const socket = { url, events, sent: [] as string[], closed: false };
      sockets.push(socket);
      return { send: (text) => socket.sent.push(text), close: () => (socket.closed = true) };
    },
    now: () => now,
    random: () => 0.5,
    setTimer(run, delay_ms) {
      timers.push({ id: (ids += 1), at: now + delay_ms, run });
      return ids;
    },
    clearTimer: (id) => (timers = timers.filter((timer) => timer.id !== id)),
    onReturn(run) {
      come = run;
      return () => (come = () => {});
    },
  };
  return {
    ports,
    sockets,
    last: () => sockets[sockets.length - 1]!,
    networkReturns: () => come(),
    pending: () => timers.length,
    pass(ms: number) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
  };
}

const frame = (position: string | undefined) =>
  JSON.stringify({ type: 'heartbeat', now: '2026-12-02T09:00:00+07:00', ...(position && { position }) });

function started() {
  const hall = world();
  const frames: Frame[] = [];
  const said: Freshness[] = [];
  const client = new LiveClient(
    { site: 'hall', topic: 'display' },
    { frame: (one) => frames.push(one), freshness: (one) => said.push(one) },
    hall.ports,
    'http://khiw.test',
  );
  client.start();
  return { hall, client, frames, said };
}

describe('the live client', () => {
  test('addresses topic, counter, token and position', () => {
    const url = new URL(liveUrl('https://khiw.test', { site: 'a b', topic: 'counter', counter: '3', token: 't&t' }, 'j.1.2'));
    expect(url.protocol).toBe('wss:');
    expect(url.pathname).toBe('/api/v1/sites/a%20b/live');
    expect(Object.fromEntries(url.searchParams)).toEqual({ topic: 'counter', counter: '3', token: 't&t', since: 'j.1.2' });
  });

  test('comes back by itself where it stopped', () => {
    const { hall } = started();
    hall.last().events.opened();
    hall.last().events.text(frame('j.1.9'));
    hall.last().events.dropped();
    hall.pass(1_000);
    expect(hall.sockets).toHaveLength(2);
    expect(new URL(hall.last().url).searchParams.get('since')).toBe('j.1.9');
  });

  test('tells of each connection once, before its first frame, and not of one that was given up', () => {
    const hall = world();
    const told: string[] = [];
    const listener = { frame: () => told.push('frame'), opened: () => told.push('opened') };
    new LiveClient({ site: 'hall', topic: 'display' }, listener, hall.ports, 'http://khiw.test').start();
    const [first] = hall.sockets;
    first?.events.opened();
    first?.events.text(frame('j.1.9'));
    first?.events.dropped();
    hall.pass(1_000);
    first?.events.opened();
    hall.last().events.opened();
    expect(told).toEqual(['opened', 'frame', 'opened']);
  });

  test('says stale while nothing comes, without any frame', () => {
    const { hall, said } = started();
    hall.last().events.opened();
    hall.last().events.text(frame('j.1.1'));
    hall.pass(STALE_AFTER_MS);
    expect(said).toEqual(['starting', 'live', 'stale']);
  });

  test('ignores a socket that it has given up', () => {
    const { hall, frames } = started();
    const first = hall.last();
    first.events.opened();
    hall.pass(SILENT_AFTER_MS + 1_000);
    expect(first.closed).toBe(true);
    first.events.text(frame('j.1.5'));
    first.events.dropped();
    expect(frames).toEqual([]);
  });

  test('reports the newest rendered position, at most once a second', () => {
    const { hall, client } = started();
    hall.last().events.opened();
    client.rendered('j.1.1');
    hall.pass(0);
    client.rendered('j.1.2');
    client.rendered('j.1.3');
    hall.pass(RENDERED_EVERY_MS);
    expect(hall.last().sent.map((text) => JSON.parse(text))).toEqual([
      { type: 'rendered', position: 'j.1.1' },
      { type: 'rendered', position: 'j.1.3' },
    ]);
  });

  test('reports nothing into a closed connection', () => {
    const { hall, client } = started();
    hall.last().events.opened();
    hall.last().events.dropped();
    client.rendered('j.1.1');
    hall.pass(10);
    expect(hall.sockets[0]?.sent).toEqual([]);
  });

  test('sends a message into an open connection only, and says whether it did', () => {
    const { hall, client } = started();
    expect(client.send({ type: 'report' })).toBe(false);
    hall.last().events.opened();
    expect(client.send({ type: 'report' })).toBe(true);
    expect(hall.last().sent).toEqual(['{"type":"report"}']);
  });

  test('leaves nothing behind when stopped', () => {
    const { hall, client } = started();
    hall.last().events.opened();
    client.stop();
    expect(hall.last().closed).toBe(true);
    expect(hall.pending()).toBe(0);
    hall.networkReturns();
    expect(hall.sockets).toHaveLength(1);
  });
});
