// Looking for a service while letters come in: asks after a short pause, and an answer to an older text never
// overwrites a newer one.

import type { Api, ServiceView } from '@khiw/ui-kit/api';

const PAUSE_MS = 180;
const AT_MOST = 60;

export class Search {
  found = $state.raw<ServiceView[] | null>(null);
  /** How many there are; `found` holds the first of them. */
  total = $state(0);
  failed = $state(false);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly api: Api,
    private readonly site: string,
  ) {}

  look(text: string, language: string): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const wanted = text.trim();
    this.#asked += 1;
    if (wanted === '') {
      this.found = null;
      this.failed = false;
      return;
    }
    const asked = this.#asked;
    this.#timer = setTimeout(() => void this.#ask(wanted, language, asked), PAUSE_MS);
  }

  async #ask(text: string, lang: string, asked: number): Promise<void> {
    try {
      const { services, total } = await this.api.services(this.site, { q: text, lang, limit: AT_MOST });
      if (asked !== this.#asked) return;
      this.found = services;
      this.total = total;
      this.failed = false;
    } catch {
      if (asked === this.#asked) this.failed = true;
    }
  }
}
