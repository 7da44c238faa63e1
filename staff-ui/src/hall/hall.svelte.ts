// What the start page knows: the sites, the demo when this is one, the paper tray, the session.
// Looks again every few seconds; what was known stays on the page while the server is away.

import {
  Refused,
  createApi,
  type CounterView,
  type DemoHall,
  type PaperPicture,
  type Session,
  type SiteBrief,
  type SiteView,
} from '@khiw/ui-kit/api';
import { HallClock } from '@khiw/ui-kit/live';

const LOOK_EVERY_MS = 3_000;
const BEAT_MS = 250;
/** Pictures on the page; the tray itself may hold a day of them. */
export const PAPER_SHOWN = 12;

export class HallDesk {
  sites = $state.raw<readonly SiteBrief[] | null>(null);
  demo = $state.raw<DemoHall | null>(null);
  site = $state.raw<SiteView | null>(null);
  counters = $state.raw<readonly CounterView[]>([]);
  paper = $state.raw<readonly PaperPicture[]>([]);
  session = $state.raw<Session | null>(null);
  reachable = $state(true);
  now = $state.raw<Date | null>(null);
  speed = $state(1);

  /** The printer reports a fault and nobody has mended it. */
  printer_failed = $state(false);

  /** Asked once: a server is a demo or not for as long as it runs. */
  #is_demo: boolean | null = null;
  readonly #api = createApi();
  readonly #clock = new HallClock();
  #looking: ReturnType<typeof setTimeout> | undefined;
  #beating: ReturnType<typeof setInterval> | undefined;
  #stopped = false;

  start(): void {
    void this.#lookForEver();
    this.#beating = setInterval(() => (this.now = this.#clock.now()), BEAT_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#looking);
    clearInterval(this.#beating);
  }

  async signOut(): Promise<void> {
    await this.#api.signOut().catch(() => null);
    this.session = null;
    await this.#look();
  }

  async #lookForEver(): Promise<void> {
    await this.#look();
    if (!this.#stopped) this.#looking = setTimeout(() => void this.#lookForEver(), LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    try {
      this.sites = await this.#api.sites();
      const demo = this.#is_demo === false ? null : await orNull(this.#api.demo());
      if (this.#is_demo === null) this.session = await orNull(this.#api.session());
      this.#is_demo = demo !== null;
      if (demo === null || !(await this.#lookAtDemo(demo))) await this.#lookAtOwnSite();
      this.reachable = true;
    } catch {
      this.reachable = false;
    }
  }

  /** False when this browser may not walk about in it: by a name of the network even a demo asks who comes. */
  async #lookAtDemo(demo: DemoHall): Promise<boolean> {
    const counters = await unlessKeptOut(this.#api.counters(demo.site));
    if (counters === null) {
      this.demo = null;
      return false;
    }
    this.speed = demo.clock.speed;
    this.#clock.sync(demo.clock.now, demo.clock.speed);
    this.site ??= await this.#api.site(demo.site);
    this.counters = counters;
    this.paper = ((await orNull(this.#api.paper(demo.site))) ?? []).slice(0, PAPER_SHOWN);
    const alarms = (await orNull(this.#api.alarms(demo.site))) ?? [];
    this.printer_failed = alarms.some(({ source, cleared }) => (source === 'printer' || source === 'paper') && cleared === null);
    this.demo = demo;
    return true;
  }

  /** A signed-in browser that is not in the demo sees the counters of its site. */
  async #lookAtOwnSite(): Promise<void> {
    const id = this.session?.site ?? null;
    if (id === null) return;
    this.site ??= await orNull(this.#api.site(id));
    this.counters = (await orNull(this.#api.counters(id))) ?? [];
  }
}

/** A refusal here only means that there is no such thing for this browser. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (problem) {
    if (problem instanceof Refused) return null;
    throw problem;
  }
}

/** Null only when the server asks this browser to sign in, or as somebody else. */
async function unlessKeptOut<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (problem) {
    if (problem instanceof Refused && (problem.status === 401 || problem.status === 403)) return null;
    throw problem;
  }
}
