// Shows one picture or video after another. A file is fetched whole before it stands on the screen, so nothing appears
// in pieces; one that cannot be had or shown is passed over at once and named in the screen's report. Must not know
// where the list comes from, nor anything of calls.

import { itemAfter, type MediaItem } from './programme';

/** A video that has not begun within this time is not going to. */
export const BEGINS_WITHIN_MS = 10_000;
/** A video that says it never ends. */
export const VIDEO_MAX_MS = 600_000;
/** When no file of the list could be had, the network may be to blame: looks again. */
export const AGAIN_MS = 30_000;

export interface ProjectorPorts {
  load(url: string): Promise<Blob>;
  hold(blob: Blob): string;
  release(url: string): void;
  /** Calls back later; answers how to call it off. */
  after(ms: number, then: () => void): () => void;
}

export interface Slide {
  readonly item: MediaItem;
  /** Of the blob, until the next one stands. */
  readonly url: string;
  readonly is_video: boolean;
}

export class Projector {
  slide = $state.raw<Slide | null>(null);
  failed = $state.raw<readonly string[]>([]);

  #items: readonly MediaItem[] = [];
  #at: string | null = null;
  #round = 0;
  #callOff: () => void = () => {};

  constructor(private readonly ports: ProjectorPorts) {}

  /** The list as it is now; what stands goes on as long as it is in it. */
  show(items: readonly MediaItem[]): void {
    this.#items = items;
    const stands = this.#at !== null && items.some(({ id, url }) => id === this.#at && (this.slide?.item.url ?? url) === url);
    if (!stands) void this.#next();
  }

  /** The list is another: what failed may be mended. */
  forgive(): void {
    this.failed = [];
  }

  began(): void {
    if (this.slide?.is_video === true) this.#later(VIDEO_MAX_MS);
  }

  ended(): void {
    void this.#next();
  }

  /** The browser cannot show it. */
  broke(id: string): void {
    if (!this.failed.includes(id)) this.failed = [...this.failed, id];
    if (id === this.#at) void this.#next();
  }

  stop(): void {
    this.#round += 1;
    this.#callOff();
    this.#put(null);
    this.#at = null;
  }

  async #next(): Promise<void> {
    const round = (this.#round += 1);
    this.#callOff();
    const item = itemAfter(this.#items.filter(({ id }) => !this.failed.includes(id)), this.#at);
    this.#at = item?.id ?? null;
    if (item === null) return this.#nothing();
    if (item.id === this.slide?.item.id && item.url === this.slide.item.url) return this.#stay(this.slide);
    try {
      const blob = await this.ports.load(item.url);
      if (round !== this.#round) return;
      // The list says what it is; a server's or a file's own word is not asked.
      const is_video = item.type.startsWith('video/');
      this.#put({ item, url: this.ports.hold(blob), is_video });
      this.#later(is_video ? BEGINS_WITHIN_MS : item.shows_s * 1_000, is_video ? () => this.broke(item.id) : undefined);
    } catch {
      if (round === this.#round) this.broke(item.id);
    }
  }

  /** The only one there is: it need not be fetched again. */
  #stay({ item, is_video }: Slide): void {
    this.#later(is_video ? VIDEO_MAX_MS : item.shows_s * 1_000);
  }

  #nothing(): void {
    this.#put(null);
    if (this.#items.length === 0) return;
    this.#later(AGAIN_MS, () => {
      this.forgive();
      void this.#next();
    });
  }

  #put(slide: Slide | null): void {
    const before = this.slide;
    this.slide = slide;
    if (before !== null) this.ports.release(before.url);
  }

  #later(ms: number, then: () => void = () => void this.#next()): void {
    this.#callOff();
    this.#callOff = this.ports.after(ms, then);
  }
}
