// The lobby screen's life: frames in, board and turns out, the position reported once it stands on the screen.
// The only place of this page that knows time, network and storage; every rule is in the pure files beside it.

import { createApi, type SiteView } from '@khiw/ui-kit/api';
import { HallClock, LiveClient, type Frame, type Freshness } from '@khiw/ui-kit/live';
import { tick } from 'svelte';

import type { Address } from '../settings/address';
import { parseCounters } from '../settings/counters';
import { parseOwnFrame, type Order, type OwnScreen } from '../settings/own-frames';
import { DEFAULT_SETTINGS, parseSettings, type ScreenSettings } from '../settings/screen-settings';
import { concerns } from '../settings/sight';
import { EMPTY_BOARD, callKey, step, type Board } from './board';
import { recall, remember } from './remembered';
import { stage } from './stage';
import { NO_TURNS, advance, announce, keepOnly, type Turns } from './turns';
import { parseFrame, type Call, type Frame as BoardFrame } from './wire';

/** Often enough for turns and clock, rare enough for a small box. */
const BEAT_MS = 250;
const SITE_AGAIN_MS = 15_000;
const SITE_AGAIN_LATER_MS = 10 * 60_000;
/** What a screen remembers for its next start is written at most this often. */
const REMEMBER_EVERY_MS = 5_000;

export interface LobbyPorts {
  readonly site: string;
  readonly address: Address;
  /** A frame is on the board; these calls of this screen are to be announced, oldest first. */
  onFrame(frame: BoardFrame, fresh: readonly Call[]): void;
  /** The settings are others now, or whether it speaks, or what was spoken. */
  onScreen(): void;
  onOrder(order: Order): void;
  /** Several times a second. */
  onBeat(): void;
}

export class Lobby {
  /** When each listed call came to this screen, monotonic. */
  readonly #arrived = new Map<string, number>();

  board = $state.raw<Board>(EMPTY_BOARD);
  turns = $state.raw<Turns>(NO_TURNS);
  site = $state.raw<SiteView | null>(null);
  settings = $state.raw<ScreenSettings>(DEFAULT_SETTINGS);
  /** What the server says of this screen; null while it is not enrolled, or not heard yet. */
  screen = $state.raw<OwnScreen | null>(null);
  freshness = $state<Freshness>('starting');
  /** How old what is shown is; null when nothing is shown yet. */
  age_ms = $state<number | null>(null);
  /** When the notice came, monotonic; for those that are said for a while only. */
  notice_at_ms = $state(0);
  hall_now = $state.raw<Date | null>(null);
  beat_ms = $state(0);

  /** Whether anything true can be shown, live or remembered. */
  known = $state(false);

  /** Frames that this page is too old to understand. */
  passed_over = $state(0);

  /** Calls that concern this screen, newest first. */
  readonly calls = $derived(this.board.calls.filter((call) => concerns(call, this.settings)));
  readonly counters = $derived(parseCounters(this.site?.counters));
  readonly stage = $derived(stage(this.calls, this.turns, this.#arrived, this.beat_ms));

  /** It was enrolled, and the server does not know it as a screen any more. */
  shut_out = $state(false);
  /** The server said on this connection what this screen is. */
  #greeted = false;
  #was_enrolled = false;

  readonly #clock = new HallClock();
  readonly #api = createApi();
  readonly #live: LiveClient;
  readonly #ports: LobbyPorts;
  #position: string | null = null;
  /** What stands on the screen. */
  rendered: string | null = null;
  #saved_wall_ms: number | null = null;
  #remembered_at_ms = -REMEMBER_EVERY_MS;
  #beating: ReturnType<typeof setInterval> | undefined;
  #site_again: ReturnType<typeof setTimeout> | undefined;

  /** The hall's time and zone, as far as they are known. */
  get hall(): { readonly now: Date; readonly time_zone: string | null } | null {
    const now = this.#clock.now();
    return now === null ? null : { now, time_zone: this.site?.time_zone ?? null };
  }

  constructor(ports: LobbyPorts) {
    this.#ports = ports;
    this.settings = ports.address.settings;
    this.#live = new LiveClient(
      { site: ports.site, topic: 'display' },
      {
        frame: (frame) => this.#onFrame(frame),
        freshness: (freshness) => (this.freshness = freshness),
        opened: () => (this.#greeted = false),
      },
    );
  }

  start(): void {
    this.#takeUpMemory();
    this.#live.start();
    void this.#loadSite();
    this.#beating = setInterval(() => this.#beat(), BEAT_MS);
    this.#beat();
  }

  stop(): void {
    this.#live.stop();
    clearInterval(this.#beating);
    clearTimeout(this.#site_again);
  }

  /** Into the live line; false when it is cut. */
  send(message: { type: string }): boolean {
    return this.#live.send(message);
  }

  heardMsAgo(): number | null {
    return this.#live.heardMsAgo();
  }

  #takeUpMemory(): void {
    if (this.#ports.address.is_preview) return;
    const kept = recall(localStorage, this.#ports.site, Date.now());
    if (kept === null) return;
    this.board = kept.board;
    this.known = true;
    this.site = asSite(kept.site);
    this.#was_enrolled = kept.settings !== null;
    if (kept.settings !== null) this.settings = parseSettings(kept.settings).settings;
    this.#saved_wall_ms = kept.saved_ms;
  }

  /** What is told again after a cut carries the time at which it happened, and is to be seen for as old as it is. */
  #setClock(raw: Frame, frame: BoardFrame | null): void {
    const tells_what_happened = frame?.type === 'call' || frame?.type === 'withdrawn' || frame?.type === 'notice';
    if (tells_what_happened && this.#clock.now() !== null) return;
    this.#clock.sync(raw.now, frame?.type === 'snapshot' ? frame.speed : undefined);
  }

  #onFrame(raw: Frame): void {
    const frame = parseFrame(raw);
    this.#setClock(raw, frame);
    this.#saved_wall_ms = null;
    if (raw.type === 'unknown') this.passed_over += 1;
    if (typeof raw.position === 'string') this.#position = raw.position;
    const now_ms = performance.now();
    if (frame !== null) {
      if (frame.type === 'snapshot') this.known = true;
      const { board, announce: fresh } = step(this.board, frame, this.#clock.now()?.getTime() ?? Date.parse(raw.now));
      for (const call of fresh) this.#arrived.set(callKey(call), now_ms);
      if (board.notice !== this.board.notice) this.notice_at_ms = now_ms;
      this.board = board;
      const own = fresh.filter((call) => concerns(call, this.settings));
      this.#takeTurns(own, now_ms);
      this.#ports.onFrame(frame, own);
    }
    if (!this.#ports.address.is_preview) this.#onOwnFrame(raw, now_ms);
    if (typeof raw.position === 'string') void this.#reportRendered(raw.position);
    this.#keep(now_ms);
  }

  #takeTurns(fresh: readonly Call[], now_ms: number): void {
    const listed = new Set(this.calls.map(callKey));
    for (const key of this.#arrived.keys()) if (!listed.has(key)) this.#arrived.delete(key);
    this.turns = announce(keepOnly(this.turns, listed, now_ms), fresh, now_ms);
  }

  #onOwnFrame(raw: Frame, now_ms: number): void {
    const own = parseOwnFrame(raw);
    if (own?.type === 'order') this.#ports.onOrder(own.order);
    if (raw.type === 'heartbeat' && !this.#greeted) this.#goByAddress(now_ms);
    if (own?.type !== 'screen') return;
    [this.#greeted, this.#was_enrolled, this.shut_out] = [true, true, false];
    this.screen = own.screen;
    this.#remembered_at_ms = -REMEMBER_EVERY_MS;
    this.#setSettings(own.screen.settings, now_ms);
    this.#ports.onScreen();
  }

  /** An enrolled screen is greeted first of all: one that hears a heartbeat instead is none, or none any more. */
  #goByAddress(now_ms: number): void {
    this.shut_out = this.#was_enrolled;
    this.screen = null;
    this.#setSettings(this.#ports.address.settings, now_ms);
  }

  #setSettings(settings: ScreenSettings, now_ms: number): void {
    if (settings === this.settings) return;
    this.settings = settings;
    this.#takeTurns([], now_ms);
    if (this.screen === null) this.#ports.onScreen();
  }

  async #reportRendered(position: string): Promise<void> {
    await tick();
    requestAnimationFrame(() => {
      this.rendered = position;
      if (!this.#ports.address.is_preview) this.#live.rendered(position);
    });
  }

  #beat(): void {
    this.beat_ms = performance.now();
    this.turns = advance(this.turns, this.beat_ms);
    this.hall_now = this.#clock.now();
    this.age_ms =
      this.#saved_wall_ms === null ? this.#live.heardMsAgo() : Math.max(0, Date.now() - this.#saved_wall_ms);
    this.#ports.onBeat();
  }

  #keep(now_ms: number): void {
    if (this.#ports.address.is_preview || now_ms - this.#remembered_at_ms < REMEMBER_EVERY_MS) return;
    this.#remembered_at_ms = now_ms;
    remember(localStorage, this.#ports.site, {
      board: this.board,
      position: this.#position,
      saved_ms: Date.now(),
      site: this.site,
      settings: this.screen === null ? null : this.settings,
    });
  }

  /** Names, languages and zone: needed once, looked at again now and then because they may be changed. */
  async #loadSite(): Promise<void> {
    let again_ms = SITE_AGAIN_LATER_MS;
    try {
      this.site = asSite(await this.#api.site(this.#ports.site)) ?? this.site;
    } catch {
      again_ms = SITE_AGAIN_MS;
    }
    this.#site_again = setTimeout(() => void this.#loadSite(), again_ms);
  }
}

/** The parts of the site's card that this page reads, or nothing at all. */
function asSite(value: unknown): SiteView | null {
  if (typeof value !== 'object' || value === null) return null;
  const { languages, time_zone, name } = value as Partial<SiteView>;
  const whole = Array.isArray(languages) && typeof time_zone === 'string' && typeof name === 'object';
  return whole ? (value as SiteView) : null;
}
