// The alarms that stand, looked at every few seconds, and the bell. What was known stays on the page while the server
// is away; the page says so.

import { Refused, createApi, isProblem, type Alarm, type Api, type Problem, type SiteView } from '@khiw/ui-kit/api';

import type { Rings } from './bell.svelte';
import { type Place, isSerious, rings, standing } from './standing';

const LOOK_EVERY_MS = 3_000;
/** An alarm that nobody takes is heard again so often. */
const RING_EVERY_MS = 20_000;

type AlarmsApi = Pick<Api, 'alarms' | 'acknowledge' | 'site'>;

export interface AlarmPorts {
  readonly api: AlarmsApi;
  readonly bell: Rings;
  now_ms(): number;
}

export class AlarmWatch {
  /** Null until the first answer. */
  alarms = $state.raw<readonly Alarm[] | null>(null);
  /** Names of agencies and queues; null until the first answer. */
  site = $state.raw<SiteView | null>(null);
  /** Nobody, or a device. */
  kept_out = $state(false);
  reachable = $state(true);
  problem = $state.raw<Problem | null>(null);
  /** The alarm that is being taken. */
  busy = $state<string | null>(null);

  readonly #api: AlarmsApi;
  #rung = new Set<string>();
  #rung_at_ms = Number.NEGATIVE_INFINITY;
  #looking: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(
    private readonly site_id: string,
    private readonly place: Place,
    private readonly ports: AlarmPorts,
  ) {
    this.#api = ports.api;
  }

  /** Those that are more than a note. */
  get serious(): readonly Alarm[] {
    return (this.alarms ?? []).filter(isSerious);
  }

  /** Those that nobody took in time. */
  get escalated(): readonly Alarm[] {
    return (this.alarms ?? []).filter(({ escalated }) => escalated);
  }

  async start(): Promise<void> {
    await this.look();
    if (!this.#stopped) this.#looking = setTimeout(() => void this.start(), LOOK_EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#looking);
  }

  async look(): Promise<void> {
    try {
      this.site ??= await this.#api.site(this.site_id);
      this.alarms = standing(await this.#api.alarms(this.site_id));
      this.reachable = true;
      this.kept_out = false;
    } catch (thrown) {
      this.kept_out = thrown instanceof Refused && (thrown.status === 401 || thrown.status === 403);
      this.reachable = this.kept_out;
    }
    this.#ring();
  }

  async take(alarm: string): Promise<void> {
    if (this.busy !== null) return;
    this.busy = alarm;
    this.problem = null;
    try {
      await this.#api.acknowledge(this.site_id, alarm);
    } catch (thrown) {
      if (!isProblem(thrown)) throw thrown;
      // Mended meanwhile: there is nothing to take.
      if (!(thrown instanceof Refused && thrown.code === 'unknown_alarm')) this.problem = thrown;
    } finally {
      this.busy = null;
    }
    await this.look();
  }

  /** A new one is heard at once, the others now and then. What could not be heard was not: it sounds as soon as it can. */
  #ring(): void {
    if (!this.ports.bell.audible) return;
    const loud = (this.alarms ?? []).filter((alarm) => rings(alarm, this.place)).map(({ id }) => id);
    const is_new = loud.some((id) => !this.#rung.has(id));
    this.#rung = new Set(loud);
    const now_ms = this.ports.now_ms();
    if (loud.length === 0 || !(is_new || now_ms - this.#rung_at_ms >= RING_EVERY_MS)) return;
    this.#rung_at_ms = now_ms;
    this.ports.bell.ring();
  }
}

export function browserPorts(bell: Rings): AlarmPorts {
  return { api: createApi(), bell, now_ms: () => performance.now() };
}
