import { Refused, type Api, type CounterDetail } from '@khiw/ui-kit/api';
import type { Frame, LiveListener } from '@khiw/ui-kit/live';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Desk } from './desk.svelte';
import { sampleCounter, sampleEntry, sampleHand } from './testing';

const NOW = '2026-12-02T09:41:00+07:00';
const idle = sampleCounter({ order: [sampleEntry()] });
const called = sampleCounter({ state: 'calling', at_hand: sampleHand({ id: 13, number: 'A013', step: 2 }) });

interface Sent {
  action: string;
  body: Record<string, unknown>;
  key: string | undefined;
}

/** A server that answers when the test says so, and a live line that says what the test says. */
async function bench(first: CounterDetail) {
  const server = { counter: first, sent: [] as Sent[], answer: () => Promise.resolve(server.counter) };
  let listener: LiveListener | undefined;
  const act = (action: string, body: object, key: string | undefined) => {
    server.sent.push({ action, body: body as Record<string, unknown>, key });
    return server.answer().then((counter) => ({ counter, completed: null, call: null }));
  };
  const api = {
    site: () => Promise.resolve({ now: NOW, speed: 1 }),
    counter: () => Promise.resolve(server.counter),
    callNext: (_site: string, _counter: string, body: object, key?: string) => act('call-next', body, key),
    counterAction: (_s: string, _c: string, action: string, body: object, key?: string) => act(action, body, key),
    printAgain: (_s: string, ticket: number, body: object, key?: string) => {
      server.sent.push({ action: 'print-again', body: { ticket, ...body }, key });
      return Promise.resolve({});
    },
    ticketAction: (_s: string, ticket: number, action: string) => {
      server.sent.push({ action, body: { ticket }, key: undefined });
      return Promise.resolve({});
    },
  } as unknown as Api;
  const desk = new Desk('hall', 'c3', {
    api,
    live: (_topic, given) => {
      listener = given;
      return { start: () => undefined, stop: () => undefined, heardMsAgo: () => 0 };
    },
  });
  await desk.start();
  const hear = (counter: CounterDetail): void =>
    listener?.frame({ type: 'counter', now: NOW, counter } as Frame);
  return { desk, server, hear };
}

describe('a clerk’s desk', () => {
  afterEach(() => void vi.useRealTimers());

  it('says what the clerk was looking at', async () => {
    const { desk, server } = await bench(called);
    await desk.act('recall');
    expect(server.sent[0]).toMatchObject({ action: 'recall', body: { expect: { ticket: 13, step: 2 } } });
    desk.stop();
  });

  it('prints the ticket at hand again where the clerk says, under a key', async () => {
    const { desk, server } = await bench(called);
    await desk.printAgain(13, 'desk');
    expect(server.sent[0]).toMatchObject({ action: 'print-again', body: { ticket: 13, printer: 'desk' } });
    expect(server.sent[0]?.key).toBeTruthy();
    await desk.printAgain(13, null);
    expect(server.sent[1]?.body).toEqual({ ticket: 13 });
    desk.stop();
  });

  it('says that nothing was at hand', async () => {
    const { desk, server } = await bench(idle);
    await desk.act('call-next');
    expect(server.sent[0]?.body).toEqual({ expect: { ticket: null } });
    desk.stop();
  });

  it('takes two presses at once for one', async () => {
    const { desk, server } = await bench(idle);
    const [first, second] = await Promise.all([desk.act('call-next'), desk.act('call-next')]);
    expect([first, second]).toEqual([true, false]);
    expect(server.sent).toHaveLength(1);
    desk.stop();
  });

  it('gives two presses after each other two keys', async () => {
    const { desk, server } = await bench(called);
    await desk.act('recall');
    await desk.act('recall');
    expect(new Set(server.sent.map(({ key }) => key)).size).toBe(2);
    desk.stop();
  });

  it('tells what happened when another window was quicker, and does not press again', async () => {
    const { desk, server } = await bench(idle);
    server.counter = called;
    server.answer = () => Promise.reject(new Refused(409, 'counter_changed', {}, ''));
    expect(await desk.act('call-next')).toBe(false);
    expect(desk.counter).toBe(called);
    expect(desk.trouble).toMatchObject({ changed: { what: 'called', number: 'A013' }, again: null });
    expect(server.sent).toHaveLength(1);
    desk.stop();
  });

  it('keeps the trouble until the next press', async () => {
    const { desk, server, hear } = await bench(called);
    server.answer = () => Promise.reject(new Refused(409, 'undo_overtaken', {}, ''));
    await desk.act('undo');
    hear({ ...called, waiting: 5 });
    expect(desk.trouble).not.toBeNull();
    server.answer = () => Promise.resolve(called);
    await desk.act('recall');
    expect(desk.trouble).toBeNull();
    desk.stop();
  });

  it('tells of a call that another window made', async () => {
    const { desk, hear } = await bench(idle);
    hear(called);
    expect(desk.counter).toBe(called);
    expect(desk.told).toEqual({ what: 'called', number: 'A013' });
    desk.stop();
  });

  it('does not take its own call for another window’s', async () => {
    const { desk, server, hear } = await bench(idle);
    server.answer = () => {
      hear(called);
      return Promise.resolve(called);
    };
    await desk.act('call-next');
    expect(desk.told).toBeNull();
    expect(desk.counter).toBe(called);
    desk.stop();
  });

  it('asks again when it heard of the paper while its own press was under way', async () => {
    vi.useFakeTimers();
    const hand = (state: 'pending' | 'printed') => sampleHand({ id: 13, number: 'A013', step: 2, print: { state } });
    const [pending, printed] = [{ ...called, at_hand: hand('pending') }, { ...called, at_hand: hand('printed') }];
    const { desk, server, hear } = await bench(pending);
    server.counter = printed;
    server.answer = () => {
      hear(printed);
      return Promise.resolve(pending);
    };
    await desk.act('recall');
    await vi.runOnlyPendingTimersAsync();
    expect(desk.counter).toBe(printed);
    desk.stop();
  });

  it('a counter that calls by itself is not news', async () => {
    const { desk, hear } = await bench({ ...idle, auto_call: true });
    hear({ ...called, auto_call: true });
    expect(desk.told).toBeNull();
    desk.stop();
  });

  it('asks to sign in again when the session has ended', async () => {
    const { desk, server } = await bench(idle);
    server.answer = () => Promise.reject(new Refused(401, 'unauthorized', {}, ''));
    await desk.act('call-next');
    expect(desk.state).toBe('signed_out');
    desk.stop();
  });

  it('brings a parked ticket back in line and looks at the counter again', async () => {
    const { desk, server } = await bench(idle);
    server.counter = { ...idle, waiting: 2 };
    await desk.actOnTicket(9, 'resume');
    expect(server.sent[0]).toMatchObject({ action: 'resume', body: { ticket: 9 } });
    expect(desk.counter?.waiting).toBe(2);
    desk.stop();
  });
});
