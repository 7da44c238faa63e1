// What the papers page knows: the templates in force, the text being changed, how it would look. A text is looked at a
// moment after the last key; only the newest look counts. Nothing is in force before it is put there.

import {
  Refused,
  createApi,
  type Api,
  type PaperSeen,
  type PaperTemplates,
  type Problem,
} from '@khiw/ui-kit/api';

export const LOOK_AFTER_MS = 300;
export const WIDTHS = [384, 512, 576] as const;
export const SAMPLE_LANGUAGES = ['th', 'en', 'vi', 'lo', 'my', 'ms', 'zh'] as const;

export type PaperWidth = (typeof WIDTHS)[number];
type Papers = Pick<Api, 'papers' | 'previewPaper' | 'replacePaper'>;

export class PapersDesk {
  papers = $state.raw<PaperTemplates | null>(null);
  kind = $state('ticket');
  text = $state('');
  language = $state('th');
  width = $state<PaperWidth>(576);
  seen = $state.raw<PaperSeen | null>(null);
  /** Nobody, or not an administrator. */
  kept_out = $state(false);
  problem = $state.raw<Problem | null>(null);
  saving = $state(false);
  /** When the text was last put in force from this page. */
  saved_at = $state.raw<Date | null>(null);

  readonly #site: string;
  readonly #api: Papers;
  #looking: ReturnType<typeof setTimeout> | undefined;
  /** Counts the looks: an answer about an older text is no longer of interest. */
  #looks = 0;

  constructor(site: string, api: Papers = createApi()) {
    this.#site = site;
    this.#api = api;
  }

  get current() {
    return this.papers?.templates.find((template) => template.kind === this.kind) ?? null;
  }

  get is_changed(): boolean {
    return this.current !== null && this.current.text !== this.text;
  }

  /** Drawn, and nothing stands in the way. */
  get is_printable(): boolean {
    return this.seen !== null && this.seen.mistakes.length === 0 && !this.seen.too_long;
  }

  async start(): Promise<void> {
    await this.#asked(async () => this.#take(await this.#api.papers(this.#site)));
    this.text = this.current?.text ?? '';
    await this.look();
  }

  stop(): void {
    clearTimeout(this.#looking);
    this.#looks += 1;
  }

  choose(kind: string): void {
    this.kind = kind;
    this.dropChanges();
  }

  dropChanges(): void {
    this.text = this.current?.text ?? '';
    this.saved_at = null;
    this.problem = null;
    void this.look();
  }

  /** The text, the language or the width changed. */
  lookSoon(): void {
    clearTimeout(this.#looking);
    this.#looks += 1;
    this.#looking = setTimeout(() => void this.look(), LOOK_AFTER_MS);
  }

  async look(): Promise<void> {
    clearTimeout(this.#looking);
    const look = ++this.#looks;
    const asked = { text: this.text, language: this.language, width_dots: this.width };
    await this.#asked(async () => {
      const seen = await this.#api.previewPaper(this.#site, this.kind, asked);
      if (look === this.#looks) this.seen = seen;
    });
  }

  async putInForce(): Promise<void> {
    await this.#replace(this.text);
  }

  async useBuiltIn(): Promise<void> {
    if (await this.#replace(null)) this.dropChanges();
  }

  async #replace(text: string | null): Promise<boolean> {
    if (this.papers === null || this.saving) return false;
    this.saving = true;
    const { config_version } = this.papers;
    const done = await this.#asked(async () => {
      this.#take(await this.#api.replacePaper(this.#site, this.kind, { text, config_version }));
      this.saved_at = new Date();
    });
    // The person's text stays; what is in force now is read, so that pressing again can succeed.
    if (!done && this.problem instanceof Refused && this.problem.code === 'configuration_changed') {
      const changed = this.problem;
      await this.#asked(async () => this.#take(await this.#api.papers(this.#site)));
      this.problem = changed;
    }
    this.saving = false;
    return done;
  }

  #take(papers: PaperTemplates): void {
    this.papers = papers;
  }

  async #asked(ask: () => Promise<void>): Promise<boolean> {
    try {
      await ask();
      this.problem = null;
      return true;
    } catch (problem) {
      this.kept_out = problem instanceof Refused && (problem.status === 401 || problem.status === 403);
      this.problem = problem as Problem;
      return false;
    }
  }
}
