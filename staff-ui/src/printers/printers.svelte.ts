// What the printers page knows: each printer, papers that came to nothing, papers that wait. Looks again every few
// seconds; what was known stays on the page while the server is away, and says so.

import {
  Refused,
  createApi,
  idempotencyKey,
  type Api,
  type PrinterView,
  type PrintJob,
  type Problem,
} from '@khiw/ui-kit/api';

import { press } from '../counter/pressing';
import { papersToShow } from './trouble';

const LOOK_EVERY_MS = 3_000;
const WAITING_SHOWN = 50;

type PrintersApi = Pick<Api, 'printers' | 'printJobs' | 'printAgain' | 'printJobAgain' | 'testPage'>;

/** What was done last from this page. */
export type Done = { what: 'again'; number: string } | { what: 'test'; printer: string };

export class PrintersDesk {
  printers = $state.raw<readonly PrinterView[] | null>(null);
  papers = $state.raw<readonly PrintJob[]>([]);
  /** Nobody, or a device. */
  kept_out = $state(false);
  reachable = $state(true);
  problem = $state.raw<Problem | null>(null);
  done = $state.raw<Done | null>(null);
  /** What is on its way: `again/7`, `test/door`. */
  busy = $state<string | null>(null);

  readonly #site: string;
  readonly #api: PrintersApi;
  #looking: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(site: string, api: PrintersApi = createApi()) {
    this.#site = site;
    this.#api = api;
  }

  async start(): Promise<void> {
    await this.#lookForEver();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#looking);
  }

  /** A ticket's paper, or a slip's copy; on the printer named, else where it belongs. */
  printAgain(job: PrintJob, printer: string | null): Promise<void> {
    const body = printer === null ? {} : { printer };
    const { ticket } = job;
    return this.#run(`again/${job.id}`, { what: 'again', number: ticket?.number ?? '' }, (key) =>
      ticket === null
        ? this.#api.printJobAgain(this.#site, job.id, body, key)
        : this.#api.printAgain(this.#site, ticket.id, body, key),
    );
  }

  testPage(printer: string, language: string): Promise<void> {
    return this.#run(`test/${printer}`, { what: 'test', printer }, (key) =>
      this.#api.testPage(this.#site, printer, language, key),
    );
  }

  async look(): Promise<void> {
    try {
      const [printers, open, queued] = await Promise.all([
        this.#api.printers(this.#site),
        this.#api.printJobs(this.#site, { open: true }),
        this.#api.printJobs(this.#site, { state: 'queued', limit: WAITING_SHOWN }),
      ]);
      this.printers = printers;
      this.papers = papersToShow(open, queued);
      this.reachable = true;
      this.kept_out = false;
    } catch (thrown) {
      this.kept_out = thrown instanceof Refused && (thrown.status === 401 || thrown.status === 403);
      this.reachable = this.kept_out;
    }
  }

  async #run(label: string, done: Done, send: (key: string) => Promise<unknown>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = label;
    [this.problem, this.done] = [null, null];
    try {
      await press(send, idempotencyKey());
      this.done = done;
    } catch (thrown) {
      this.problem = thrown as Problem;
    }
    this.busy = null;
    await this.look();
  }

  async #lookForEver(): Promise<void> {
    await this.look();
    if (!this.#stopped) this.#looking = setTimeout(() => void this.#lookForEver(), LOOK_EVERY_MS);
  }
}
