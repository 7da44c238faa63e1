// How a device without keyboard comes in (RFC 8628): asks for a code, shows it, asks again and again whether staff have
// approved it, takes a new one when it runs out. Goes on by itself through anything; must not need a touch.

import { Refused, createApi, createLobbyApi, isProblem, type Api, type DeviceCode, type LobbyApi } from '@khiw/ui-kit/api';

import { homeOf } from '../enter/address';

export const ENROLLED_KINDS = ['display', 'kiosk'] as const;
export type EnrolledKind = (typeof ENROLLED_KINDS)[number];

export function isEnrolledKind(kind: string): kind is EnrolledKind {
  return (ENROLLED_KINDS as readonly string[]).includes(kind);
}

const BEAT_MS = 500;
/** RFC 8628, 3.5: so much slower after each `slow_down`. */
const SLOWER_MS = 5_000;
const PAUSE_MIN_MS = 2_000;
const PAUSE_MAX_MS = 30_000;
/** The page goes on by itself after this; people see first that it worked. */
const LEAVES_AFTER_MS = 1_500;

export interface EnrolmentPorts {
  readonly api: Pick<LobbyApi, 'deviceCode' | 'deviceToken'> & Pick<Api, 'session'>;
  now_ms(): number;
  go(path: string): void;
}

/** `cut`: no answer from the server. `busy`: it answers, but not now. `cookies`: approved, and the browser forgot it. */
export type Trouble = 'cut' | 'busy' | 'cookies';

type Outcome = 'approved' | 'denied' | 'over' | 'stopped';

export class Enrolment {
  code = $state.raw<string | null>(null);
  /** Where staff go. */
  address = $state.raw<string | null>(null);
  /** Of the code. */
  left_s = $state(0);
  trouble = $state.raw<Trouble | null>(null);
  /** Until it asks again, while there is trouble. */
  again_in_s = $state(0);
  /** Staff refused the code before this one. */
  denied = $state(false);
  approved = $state(false);

  #ends_at_ms = 0;
  #asks_at_ms = 0;
  #failures = 0;
  #stopped = false;
  #beating: ReturnType<typeof setInterval> | undefined;
  #waiting: { timer: ReturnType<typeof setTimeout>; wake: () => void } | null = null;

  constructor(
    private readonly kind: EnrolledKind,
    private readonly ports: EnrolmentPorts,
  ) {}

  async start(): Promise<void> {
    this.#beating = setInterval(() => this.#beat(), BEAT_MS);
    while (!this.#stopped) {
      const code = await this.#ask();
      if (code === null) return;
      const outcome = await this.#poll(code);
      this.code = null;
      this.denied = outcome === 'denied';
      if (outcome === 'approved') return this.#leave();
    }
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#beating);
    if (this.#waiting !== null) {
      clearTimeout(this.#waiting.timer);
      this.#waiting.wake();
    }
  }

  /** Null only when stopped. */
  async #ask(): Promise<DeviceCode | null> {
    while (!this.#stopped) {
      try {
        const code = await this.ports.api.deviceCode(this.kind);
        this.#well();
        [this.code, this.address] = [code.user_code, code.verification_uri];
        this.#ends_at_ms = this.ports.now_ms() + code.expires_in_s * 1000;
        this.#beat();
        return code;
      } catch (thrown) {
        await this.#pauseAfter(thrown, PAUSE_MIN_MS);
      }
    }
    return null;
  }

  async #poll(code: DeviceCode): Promise<Outcome> {
    let every_ms = code.interval_s * 1000;
    await this.#wait(every_ms);
    while (!this.#stopped) {
      if (this.ports.now_ms() >= this.#ends_at_ms) return 'over';
      try {
        await this.ports.api.deviceToken(code.device_code);
        return 'approved';
      } catch (thrown) {
        const said = thrown instanceof Refused ? thrown.code : null;
        if (said === 'access_denied') return 'denied';
        if (said === 'slow_down') every_ms += SLOWER_MS;
        if (said === 'slow_down' || said === 'authorization_pending') {
          this.#well();
          await this.#wait(every_ms);
        } else if (thrown instanceof Refused && thrown.status < 500 && thrown.status !== 429) {
          // `expired_token`, or the server does not know the code any more.
          return 'over';
        } else {
          await this.#pauseAfter(thrown, every_ms);
        }
      }
    }
    return 'stopped';
  }

  async #leave(): Promise<void> {
    this.#well();
    this.approved = true;
    await this.#wait(LEAVES_AFTER_MS);
    while (!this.#stopped) {
      try {
        return this.ports.go(homeOf(await this.ports.api.session()));
      } catch (thrown) {
        await this.#pauseAfter(thrown, PAUSE_MIN_MS);
      }
    }
  }

  #well(): void {
    this.#failures = 0;
    this.trouble = null;
  }

  /** Twice as long after each failure, so that a hall of screens does not storm a server that comes back. */
  async #pauseAfter(thrown: unknown, first_ms: number): Promise<void> {
    if (!isProblem(thrown)) throw thrown;
    const forgot = this.approved && thrown instanceof Refused && thrown.status === 401;
    this.trouble = forgot ? 'cookies' : thrown instanceof Refused ? 'busy' : 'cut';
    const pause_ms = Math.min(first_ms * 2 ** this.#failures, Math.max(first_ms, PAUSE_MAX_MS));
    this.#failures += 1;
    this.#asks_at_ms = this.ports.now_ms() + pause_ms;
    this.#beat();
    await this.#wait(pause_ms);
  }

  #beat(): void {
    const until = (at_ms: number) => Math.max(0, Math.ceil((at_ms - this.ports.now_ms()) / 1000));
    this.left_s = until(this.#ends_at_ms);
    this.again_in_s = until(this.#asks_at_ms);
    // A code that has run out must not be read to anybody, though the server cannot be asked for another.
    if (this.left_s === 0) this.code = null;
  }

  #wait(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((wake) => (this.#waiting = { timer: setTimeout(wake, ms), wake }));
  }
}

export function browserPorts(): EnrolmentPorts {
  const { session } = createApi();
  return {
    api: { ...createLobbyApi(), session },
    now_ms: () => performance.now(),
    go: (path) => location.replace(path),
  };
}
