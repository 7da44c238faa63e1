// How many printers need somebody, for pages that are about something else. A failed look keeps the last answer: the
// page says itself when the server is away.

import { createApi, type Api } from '@khiw/ui-kit/api';

import { needsSomebody } from './trouble';

const LOOK_EVERY_MS = 10_000;

export class PrinterWatch {
  troubled = $state(0);
  #looking: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(
    private readonly site: string,
    private readonly api: Pick<Api, 'printers'> = createApi(),
  ) {}

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#looking);
  }

  async #look(): Promise<void> {
    await this.api.printers(this.site).then(
      (printers) => (this.troubled = printers.filter(needsSomebody).length),
      () => undefined,
    );
    if (!this.#stopped) this.#looking = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }
}
