// What the kiosk knows of its site: services, agencies, live waiting counts, and how fresh that is. It keeps the last
// good list while the server is away, so that visitors can still read what to bring; it never guesses openness anew.

import type { Api, QueueView, ServiceList, ServiceView, SiteView } from '@khiw/ui-kit/api';
import { type Frame, type Freshness, HallClock, LiveClient } from '@khiw/ui-kit/live';

/** Sites up to this many services are fetched whole; larger ones agency by agency. */
const WHOLE_UP_TO = 200;
/** Up to this many services need no agency step: two pages of cards. */
const WITHOUT_AGENCIES_UP_TO = 12;
const REFRESH_EVERY_MS = 15_000;
const RETRY_EVERY_MS = 3_000;
/** A first answer later than this is not waited for any more: the page then shows what it has and says so. */
const PATIENCE_MS = 1_000;

export class Catalogue {
  site = $state.raw<SiteView | null>(null);
  freshness = $state<Freshness>('starting');
  /** The server did not answer the last question. */
  unreachable = $state(false);
  evacuated = $state(false);
  /** The first answer takes too long to wait for it with an empty screen. */
  #slow = $state(false);
  readonly clock = new HallClock();
  #lists = $state.raw<ReadonlyMap<string, ServiceView[]>>(new Map());
  #queues = $state.raw<ReadonlyMap<string, QueueView>>(new Map());
  #wanted = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #patience: ReturnType<typeof setTimeout> | null = null;
  #live: LiveClient;

  constructor(
    private readonly api: Api,
    private readonly siteId: string,
  ) {
    this.#live = new LiveClient(
      { site: siteId, topic: 'display' },
      { frame: (frame) => this.#hear(frame), freshness: (freshness) => this.#fresh(freshness) },
    );
  }

  /** Asks for what the first screen needs. */
  start(): () => void {
    this.#patience = setTimeout(() => (this.#slow = true), PATIENCE_MS);
    // Asked for beside the site, before it is known whether the site is small enough for it.
    void this.#refresh(this.api.services(this.siteId, { limit: WHOLE_UP_TO }));
    return () => {
      this.#live.stop();
      for (const timer of [this.#timer, this.#patience]) if (timer !== null) clearTimeout(timer);
    };
  }

  /** Follows the hall live, from when the first screen stands. Safe to call again. */
  listen(): void {
    this.#live.start();
  }

  /** Whether there is a first page to show: its choices, or that they cannot be had now. */
  get presentable(): boolean {
    return this.#slow || this.unreachable || (this.site !== null && (this.withAgencies || this.#lists.has('')));
  }

  heardMsAgo(): number | null {
    return this.#live.heardMsAgo();
  }

  get total(): number {
    return this.site?.agencies.reduce((sum, agency) => sum + agency.services, 0) ?? 0;
  }

  get withAgencies(): boolean {
    return (this.site?.agencies.length ?? 0) > 1 && this.total > WITHOUT_AGENCIES_UP_TO;
  }

  /** The services of an agency, or all for null; null while they are not known. Waiting figures are live. */
  services(agency: string | null): ServiceView[] | null {
    const whole = this.#lists.get('');
    const list = agency === null ? whole : (whole?.filter((one) => one.agency === agency) ?? this.#lists.get(agency));
    return list?.map((service) => this.live(service)) ?? null;
  }

  /** The service with the queue's newest figures. */
  live(service: ServiceView): ServiceView {
    const queue = this.#queues.get(service.queue);
    return queue ? { ...service, waiting: queue.waiting, estimate: queue.estimate } : service;
  }

  /** Makes sure that an agency's services are fetched and kept fresh. */
  want(agency: string): void {
    if (this.#lists.has('') || this.#wanted.has(agency)) return;
    this.#wanted.add(agency);
    void this.#fetchList(agency).catch(() => this.#lost());
  }

  async #refresh(whole?: Promise<ServiceList>): Promise<void> {
    // Its failure is met where it is awaited; it is not awaited when the site itself does not answer, or is large.
    whole?.catch(() => undefined);
    try {
      const site = await this.api.site(this.siteId);
      this.clock.sync(site.now, site.speed);
      this.site = site;
      this.#takeQueues(site.queues);
      const wanted = this.total <= WHOLE_UP_TO ? [''] : [...this.#wanted];
      await Promise.all(wanted.map((agency) => this.#fetchList(agency, agency === '' ? whole : undefined)));
      this.unreachable = false;
      this.#again(REFRESH_EVERY_MS);
    } catch {
      this.#lost();
    }
  }

  #lost(): void {
    this.unreachable = true;
    this.#again(RETRY_EVERY_MS);
  }

  #again(delay_ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), delay_ms * (0.8 + Math.random() * 0.4));
  }

  async #fetchList(agency: string, asked?: Promise<ServiceList>): Promise<void> {
    const wanted = agency === '' ? { limit: WHOLE_UP_TO } : { agency, limit: WHOLE_UP_TO };
    const { services } = await (asked ?? this.api.services(this.siteId, wanted));
    this.#lists = new Map(this.#lists).set(agency, services);
  }

  #takeQueues(queues: readonly QueueView[]): void {
    this.#queues = new Map(queues.map((queue) => [queue.id, queue]));
  }

  #fresh(freshness: Freshness): void {
    this.freshness = freshness;
    if (freshness === 'live' && this.unreachable) void this.#refresh();
  }

  #hear(frame: Frame): void {
    this.clock.sync(frame.now, frame.type === 'snapshot' ? frame.speed : undefined);
    if (frame.type === 'snapshot' && frame.queues) this.#takeQueues(frame.queues);
    if (frame.type === 'counts') this.#takeQueues(frame.queues);
    if (frame.type === 'notice') {
      if (frame.code === 'evacuation') this.evacuated = true;
      if (frame.code === 'issuing_resumed' || frame.code === 'day_opened') this.evacuated = false;
      this.#again(0);
    }
  }
}
