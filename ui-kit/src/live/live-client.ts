// Carries out what `link.ts` decides: one websocket, one timer, the page's network and visibility events.
// It must hold no rule of its own; tests give it a fake clock and socket through `LivePorts`.

import type { Frame } from './frames';
import { type Freshness, type LinkEffect, type LinkInput, nextWake, step, STOPPED } from './link';

export interface LiveSocket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  text(text: string): void;
  dropped(): void;
}

export interface LivePorts {
  connect(url: string, events: SocketEvents): LiveSocket;
  /** Monotonic milliseconds. */
  now(): number;
  random(): number;
  setTimer(run: () => void, delay_ms: number): unknown;
  clearTimer(timer: unknown): void;
  /** Calls back when the network or the page returns; answers how to stop listening. */
  onReturn(run: () => void): () => void;
}

export interface LiveTopic {
  site: string;
  topic: 'display' | 'counter' | 'site' | 'ticket' | 'printer';
  counter?: string;
  token?: string;
  /** Where a cached snapshot stood. */
  since?: string;
}

export interface LiveListener {
  frame(frame: Frame): void;
  /** `heardMsAgo` is null when nothing was ever heard. Called on every change and once at the start. */
  freshness?(freshness: Freshness, heardMsAgo: number | null): void;
  /** A new connection stands; its first frames follow. */
  opened?(): void;
}

/** At most one report a second leaves the page; the newest wins. */
export const RENDERED_EVERY_MS = 1_000;

export function liveUrl(origin: string, topic: LiveTopic, since: string | null): string {
  const url = new URL(`/api/v1/sites/${encodeURIComponent(topic.site)}/live`, origin.replace(/^http/, 'ws'));
  url.searchParams.set('topic', topic.topic);
  if (topic.counter !== undefined) url.searchParams.set('counter', topic.counter);
  if (topic.token !== undefined) url.searchParams.set('token', topic.token);
  if (since !== null) url.searchParams.set('since', since);
  return url.href;
}

export class LiveClient {
  #state = STOPPED;
  #socket: LiveSocket | null = null;
  #timer: unknown = null;
  #stopListening: (() => void) | null = null;
  #rendered: string | null = null;
  #renderedAt = -RENDERED_EVERY_MS;
  #renderedTimer: unknown = null;

  constructor(
    private readonly topic: LiveTopic,
    private readonly listener: LiveListener,
    private readonly ports: LivePorts = browserPorts(),
    private readonly origin: string = location.origin,
  ) {
    if (topic.since !== undefined) this.#state = { ...STOPPED, position: topic.since };
  }

  get freshness(): Freshness {
    return this.#state.freshness;
  }

  /** Milliseconds since anything was heard; null before the first frame. */
  heardMsAgo(): number | null {
    return this.#state.heardAt === null ? null : this.ports.now() - this.#state.heardAt;
  }

  start(): void {
    this.#stopListening ??= this.ports.onReturn(() => this.#input({ type: 'nudge' }));
    this.listener.freshness?.(this.#state.freshness, null);
    this.#input({ type: 'start' });
  }

  stop(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    this.ports.clearTimer(this.#renderedTimer);
    this.#renderedTimer = null;
    this.#input({ type: 'stop' });
  }

  /** Say what a person can now see. Call it after the frame is on the screen. */
  rendered(position: string): void {
    this.#rendered = position;
    if (this.#renderedTimer !== null) return;
    const wait = Math.max(0, this.#renderedAt + RENDERED_EVERY_MS - this.ports.now());
    this.#renderedTimer = this.ports.setTimer(() => this.#reportRendered(), wait);
  }

  /** A message of the topic's own; false when there is no connection that could carry it. */
  send(message: { type: string }): boolean {
    if (this.#socket === null || this.#state.phase !== 'open') return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #reportRendered(): void {
    this.#renderedTimer = null;
    const said = { type: 'rendered', position: this.#rendered };
    if (this.#rendered === null || !this.send(said)) return;
    this.#rendered = null;
    this.#renderedAt = this.ports.now();
  }

  #input(input: LinkInput): void {
    const before = this.#state.freshness;
    const { state, effects } = step(this.#state, input, this.ports.now(), this.ports.random());
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (this.#state.freshness !== before) this.listener.freshness?.(this.#state.freshness, this.heardMsAgo());
    this.#setTimer();
  }

  #carryOut(effect: LinkEffect): void {
    if (effect.type === 'deliver') return this.listener.frame(effect.frame);
    const old = this.#socket;
    this.#socket = null;
    old?.close();
    if (effect.type === 'connect') this.#connect(effect.since);
  }

  #connect(since: string | null): void {
    // Events of a socket that was given up must not be taken for its successor's.
    const socket: LiveSocket = this.ports.connect(liveUrl(this.origin, this.topic, since), {
      opened: () => {
        if (socket !== this.#socket) return;
        this.listener.opened?.();
        this.#input({ type: 'opened' });
      },
      text: (text) => socket === this.#socket && this.#input({ type: 'text', text }),
      dropped: () => socket === this.#socket && this.#input({ type: 'dropped' }),
    });
    this.#socket = socket;
  }

  #setTimer(): void {
    this.ports.clearTimer(this.#timer);
    const wake = nextWake(this.#state);
    this.#timer =
      wake === null ? null : this.ports.setTimer(() => this.#input({ type: 'tick' }), Math.max(0, wake - this.ports.now()));
  }
}

export function browserPorts(): LivePorts {
  return {
    connect(url, events) {
      const socket = new WebSocket(url);
      socket.onopen = () => events.opened();
      socket.onmessage = (message) => typeof message.data === 'string' && events.text(message.data);
      socket.onclose = () => events.dropped();
      return socket;
    },
    now: () => performance.now(),
    random: Math.random,
    setTimer: (run, delay_ms) => setTimeout(run, delay_ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
    onReturn(run) {
      const visible = () => document.visibilityState === 'visible' && run();
      addEventListener('online', run);
      document.addEventListener('visibilitychange', visible);
      return () => {
        removeEventListener('online', run);
        document.removeEventListener('visibilitychange', visible);
      };
    },
  };
}
