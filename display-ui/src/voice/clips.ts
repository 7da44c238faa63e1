// Clips, fetched and decoded ahead of the call that needs them, and kept while there is room. The browser's own caches
// hold the files; here stands only sound that is ready. A clip that is no sound is told once and never tried again.

/** Decoded speech takes 190 kB a second: this is five minutes, about four voices. */
export const DECODED_MAX_S = 300;

/** An `AudioBuffer`, as far as keeping it needs to know. */
export interface Decoded {
  readonly duration: number;
}

export interface ClipPorts<Sound extends Decoded> {
  fetch(url: string): Promise<ArrayBuffer>;
  /** Fails when the bytes are no sound. */
  decode(bytes: ArrayBuffer): Promise<Sound>;
  /** This clip is no sound. */
  broken(url: string): void;
  /** One more clip is at hand. */
  ready(): void;
}

export class Clips<Sound extends Decoded> {
  readonly #ports: ClipPorts<Sound>;
  /** Least lately used first. */
  readonly #kept = new Map<string, Sound>();
  readonly #coming = new Map<string, Promise<Sound | null>>();
  readonly #broken = new Set<string>();
  #kept_s = 0;
  #preparing = 0;

  constructor(ports: ClipPorts<Sound>) {
    this.#ports = ports;
  }

  get kept_s(): number {
    return this.#kept_s;
  }

  /** It can sound at once. */
  has(url: string): boolean {
    return this.#kept.has(url);
  }

  /** Null when there is no such sound, or not now. */
  async get(url: string): Promise<Sound | null> {
    const kept = this.#kept.get(url);
    if (kept !== undefined) {
      this.#kept.delete(url);
      this.#kept.set(url, kept);
      return kept;
    }
    if (this.#broken.has(url)) return null;
    let coming = this.#coming.get(url);
    if (coming === undefined) {
      coming = this.#load(url).finally(() => this.#coming.delete(url));
      this.#coming.set(url, coming);
    }
    return coming;
  }

  /** One after another, so that a slow box stays answerable. What finds no room is fetched all the same: the browser
   *  then has the file when the network is gone. A later call of `prepare` takes the place of this one. */
  async prepare(urls: readonly string[]): Promise<void> {
    const turn = ++this.#preparing;
    for (const url of urls) {
      if (turn !== this.#preparing) return;
      if (this.#kept_s < DECODED_MAX_S) await this.get(url);
      else if (!this.#kept.has(url)) await this.#ports.fetch(url).catch(() => undefined);
    }
  }

  async #load(url: string): Promise<Sound | null> {
    let bytes: ArrayBuffer;
    try {
      bytes = await this.#ports.fetch(url);
    } catch {
      // Away is not broken: it is asked for again when it is needed.
      return null;
    }
    const sound = await this.#ports.decode(bytes).catch(() => null);
    if (sound === null) {
      this.#broken.add(url);
      this.#ports.broken(url);
      return null;
    }
    this.#keep(url, sound);
    this.#ports.ready();
    return sound;
  }

  #keep(url: string, sound: Sound): void {
    this.#kept.set(url, sound);
    this.#kept_s += sound.duration;
    for (const [oldest, old] of this.#kept) {
      if (this.#kept_s <= DECODED_MAX_S || oldest === url) break;
      this.#kept.delete(oldest);
      this.#kept_s -= old.duration;
    }
  }
}
