// A clerk's desk: the counter as the server last told it, the one command under way, and what went wrong.
// Every command says what the clerk was looking at (`expect`); when that no longer holds, the desk looks again
// and tells what happened, and never repeats the press by itself.

import {
  Refused,
  createApi,
  idempotencyKey,
  isProblem,
  type Api,
  type CounterAction,
  type CounterDetail,
  type Expect,
  type OrderEntry,
  type Problem,
  type SiteView,
  type TicketAction,
} from '@khiw/ui-kit/api';
import {
  HallClock,
  LiveClient,
  type Frame,
  type Freshness,
  type LiveListener,
  type LiveTopic,
} from '@khiw/ui-kit/live';

import { elsewhere, type Elsewhere } from './elsewhere';
import { press } from './pressing';

const BEAT_MS = 1_000;
const LOOK_AGAIN_MS = 400;
const SITE_AGAIN_MS = 5_000;

/** Stands on the page until the next press or until the clerk closes it. */
export interface Trouble {
  readonly problem: Problem;
  readonly changed: Elsewhere | null;
  /** The same press again, under the same key; null when pressing again would not help. */
  readonly again: (() => void) | null;
}

export interface DeskPorts {
  readonly api: Api;
  live(topic: LiveTopic, listener: LiveListener): Pick<LiveClient, 'start' | 'stop' | 'heardMsAgo'>;
}

function browserPorts(): DeskPorts {
  return { api: createApi(), live: (topic, listener) => new LiveClient(topic, listener) };
}

export type DeskState = 'starting' | 'ready' | 'signed_out' | 'unknown_counter';

export class Desk {
  counter = $state.raw<CounterDetail | null>(null);
  site = $state.raw<SiteView | null>(null);
  state = $state<DeskState>('starting');
  freshness = $state<Freshness>('starting');
  /** What is on its way to the server, for the button that shows it. */
  busy = $state<string | null>(null);
  trouble = $state.raw<Trouble | null>(null);
  told = $state.raw<Elsewhere | null>(null);
  hall_now = $state.raw<Date | null>(null);
  /** How long nothing was heard; for the words beside a cut line. */
  silent_ms = $state(0);

  readonly #api: Api;
  readonly #clock = new HallClock();
  readonly #live: ReturnType<DeskPorts['live']>;
  #heard_while_busy: CounterDetail | null = null;
  #beating: ReturnType<typeof setInterval> | undefined;
  #loading: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly site_id: string,
    readonly counter_id: string,
    ports: DeskPorts = browserPorts(),
  ) {
    this.#api = ports.api;
    this.#live = ports.live(
      { site: site_id, topic: 'counter', counter: counter_id },
      {
        frame: (frame) => this.#onFrame(frame),
        freshness: (freshness) => (this.freshness = freshness),
      },
    );
  }

  /** Resolves when the counter has been read, or was found not to be readable now. */
  start(): Promise<void> {
    this.#beating = setInterval(() => this.#beat(), BEAT_MS);
    return this.#load();
  }

  stop(): void {
    this.#live.stop();
    clearInterval(this.#beating);
    clearTimeout(this.#loading);
  }

  /** A command about the counter or the ticket at hand. A second press while one is under way is nothing. */
  act(action: CounterAction, body: object = {}, label: string = action): Promise<boolean> {
    const expect = this.#expect();
    return this.#run(label, async (key) => {
      const answer =
        action === 'call-next'
          ? await this.#api.callNext(this.site_id, this.counter_id, { expect }, key)
          : await this.#api.counterAction(this.site_id, this.counter_id, action, { ...body, expect }, key);
      return answer.counter;
    });
  }

  /** A command about a ticket that is not at hand: back in line, reinstated. */
  actOnTicket(ticket: number, action: TicketAction, body: object = {}): Promise<boolean> {
    return this.#run(`${action}/${ticket}`, async (key) => {
      await this.#api.ticketAction(this.site_id, ticket, action, body, key);
      return this.#api.counter(this.site_id, this.counter_id);
    });
  }

  /** The ticket's paper once more; null: on the printer where it belongs. */
  printAgain(ticket: number, printer: string | null): Promise<boolean> {
    return this.#run('print-again', async (key) => {
      await this.#api.printAgain(this.site_id, ticket, printer === null ? {} : { printer }, key);
      return this.#api.counter(this.site_id, this.counter_id);
    });
  }

  call(entry: OrderEntry, reason: string): Promise<boolean> {
    return this.act('call', { ticket: entry.ticket, reason }, `call/${entry.ticket}`);
  }

  clearTrouble(): void {
    this.trouble = null;
    this.told = null;
  }

  #beat(): void {
    this.hall_now = this.#clock.now();
    this.silent_ms = this.#live.heardMsAgo() ?? 0;
  }

  #expect(): Expect {
    const hand = this.counter?.at_hand ?? null;
    return hand === null ? { ticket: null } : { ticket: hand.id, step: hand.step };
  }

  async #run(label: string, send: (key: string) => Promise<CounterDetail>): Promise<boolean> {
    if (this.busy !== null) return false;
    const key = idempotencyKey();
    const attempt = async (): Promise<boolean> => {
      if (this.busy !== null) return false;
      this.busy = label;
      this.clearTrouble();
      this.#heard_while_busy = null;
      try {
        this.#settle(await press(send, key));
        return true;
      } catch (thrown) {
        await this.#fail(thrown, attempt);
        return false;
      } finally {
        this.busy = null;
      }
    };
    return attempt();
  }

  #settle(answer: CounterDetail): void {
    this.counter = answer;
    const heard = this.#heard_while_busy;
    this.#heard_while_busy = null;
    // Frame and answer cross on the way; when they disagree, the server is asked which is newer.
    if (heard !== null && JSON.stringify(heard.at_hand) !== JSON.stringify(answer.at_hand)) {
      setTimeout(() => void this.#look(), LOOK_AGAIN_MS);
    }
  }

  async #fail(thrown: unknown, again: () => Promise<boolean>): Promise<void> {
    if (!isProblem(thrown)) throw thrown;
    const before = this.counter;
    if (thrown instanceof Refused && thrown.status === 401) {
      this.state = 'signed_out';
      return;
    }
    if (thrown instanceof Refused && thrown.status === 409) await this.#look();
    else this.counter = this.#heard_while_busy ?? this.counter;
    const changed = before === null || this.counter === null ? null : elsewhere(before, this.counter);
    const unknown = !(thrown instanceof Refused);
    this.trouble = { problem: thrown, changed, again: unknown ? () => void again() : null };
  }

  async #look(): Promise<void> {
    try {
      this.counter = await this.#api.counter(this.site_id, this.counter_id);
    } catch {
      // The live line brings it as soon as there is one.
    }
  }

  #onFrame(frame: Frame): void {
    this.#clock.sync(frame.now);
    if ((frame.type !== 'counter' && frame.type !== 'snapshot') || frame.counter === undefined) return;
    if (this.busy !== null) {
      this.#heard_while_busy = frame.counter;
      return;
    }
    const before = this.counter;
    this.counter = frame.counter;
    if (before === null || frame.counter.auto_call) return;
    this.told = elsewhere(before, frame.counter) ?? this.told;
  }

  async #load(): Promise<void> {
    try {
      const [site, counter] = await Promise.all([
        this.#api.site(this.site_id),
        this.#api.counter(this.site_id, this.counter_id),
      ]);
      this.site = site;
      this.counter = counter;
      this.#clock.sync(site.now, site.speed);
      this.hall_now = this.#clock.now();
      this.state = 'ready';
      this.#live.start();
    } catch (thrown) {
      if (thrown instanceof Refused && (thrown.status === 401 || thrown.status === 403)) this.state = 'signed_out';
      else if (thrown instanceof Refused && thrown.status === 404) this.state = 'unknown_counter';
      else {
        this.freshness = 'stale';
        this.#loading = setTimeout(() => void this.#load(), SITE_AGAIN_MS);
      }
    }
  }
}
