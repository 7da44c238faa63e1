// Lets one sound after another be heard by Web Audio, phrases without gaps on the audio clock, and says whether it can
// be heard at all. Browsers keep sound shut until somebody touches the page (or the kiosk was started with autoplay
// allowed): that is asked of the AudioContext, never assumed. Must not decide what is announced, nor when.

import { chime, type ChimeKind } from './chimes';
import { Clips } from './clips';
import type { Part } from './job';
import type { Outcome, Sound } from './queue';

export type PlayerState = 'unlocked' | 'needs_touch' | 'failing';

/** The first word begins this much later, so that all of it is scheduled in time. */
const AHEAD_S = 0.05;
/** A phrase that waits for its clips must come to an end well before speech is given up. */
const FETCH_WITHIN_MS = 5_000;
/** The server takes clips of 200 KiB. */
const CLIP_BYTES_MAX = 256 * 1024;
/** What Opus decodes to. */
const DECODED_HZ = 48_000;

interface Output {
  readonly context: AudioContext;
  readonly master: GainNode;
}

interface Sounding {
  readonly done: Promise<void>;
  cancel(): void;
}

export interface PlayerEvents {
  changed(): void;
  /** A clip is no sound. */
  broken(url: string): void;
  /** One more clip is at hand. */
  ready(): void;
}

/** What the voice needs of it; specs give another. */
export interface Plays {
  readonly state: PlayerState;
  open(): void;
  enable(): void;
  look(): void;
  volume(percent: number): void;
  prepare(urls: readonly string[]): void;
  /** Every one of these clips can sound at once. */
  has(urls: readonly string[]): boolean;
  /** These before all others, at once; those that are coming already are not asked for twice. */
  hurry(urls: readonly string[]): void;
  play(sound: Sound): Promise<Outcome>;
  giveUp(): void;
  stop(): void;
}

export class Player implements Plays {
  readonly #events: PlayerEvents;
  readonly #clips: Clips<AudioBuffer>;
  #running: Output | null = null;
  #volume_percent = 100;
  #sounding: Sounding | null = null;
  /** A time-out said that nothing is heard, and no running clock has proved otherwise since. */
  #is_doubted = false;
  #is_resuming = false;
  #is_stopped = false;

  constructor(events: PlayerEvents) {
    this.#events = events;
    const { broken, ready } = events;
    this.#clips = new Clips<AudioBuffer>({ fetch: fetchClip, decode, broken, ready });
  }

  get state(): PlayerState {
    const context = this.#running?.context;
    if (context === undefined || this.#is_doubted) return 'failing';
    return context.state === 'running' ? 'unlocked' : 'needs_touch';
  }

  /** Opens the sound; it is heard at once where that is allowed without a touch. */
  open(): void {
    if (this.#is_stopped || this.#running !== null) return;
    try {
      const context = new AudioContext({ latencyHint: 'playback' });
      const master = context.createGain();
      master.connect(context.destination);
      context.addEventListener('statechange', () => this.#onStateChange(context));
      this.#running = { context, master };
    } catch {
      // No sound card, or too many pages with sound: tried again at the next look.
      return;
    }
    this.volume(this.#volume_percent);
    void this.#resume();
  }

  /** Somebody touched the page: only then browsers let sound begin. */
  enable(): void {
    if (this.#running?.context.state === 'closed') this.#close();
    this.open();
    void this.#resume();
  }

  /** Now and then: what was interrupted goes on, what was closed is made anew, a doubt ends once the clock runs. */
  look(): void {
    const context = this.#running?.context;
    if (context === undefined || context.state === 'closed') return this.#openAnew();
    if (context.state !== 'running') {
      // One request stands until it is granted; asking every second would pile them up.
      if (!this.#is_resuming) void this.#resume();
    } else if (this.#is_doubted && context.currentTime > 0) {
      this.#is_doubted = false;
      this.#events.changed();
    }
  }

  /** 0 to 100; squared, because that is nearer to what an ear calls half as loud. */
  volume(percent: number): void {
    this.#volume_percent = percent;
    if (this.#running !== null) this.#running.master.gain.value = (percent / 100) ** 2;
  }

  prepare(urls: readonly string[]): void {
    void this.#clips.prepare(urls);
  }

  has(urls: readonly string[]): boolean {
    return urls.every((url) => this.#clips.has(url));
  }

  hurry(urls: readonly string[]): void {
    for (const url of urls) void this.#clips.get(url);
  }

  /** Never rejects; may never answer, where an audio device hangs. */
  play(sound: Sound): Promise<Outcome> {
    const played = sound.kind === 'chime' ? this.#chime(sound.chime) : this.#phrase(sound.part);
    return played.catch(() => 'failed');
  }

  /** Ends what sounds, or should have: it had its time. The sound is opened anew, since it may be the device that
   *  hangs. */
  giveUp(): void {
    this.#sounding?.cancel();
    this.#sounding = null;
    this.#is_doubted = true;
    this.#openAnew();
  }

  stop(): void {
    this.#is_stopped = true;
    this.#close();
  }

  async #phrase({ cues }: Part): Promise<Outcome> {
    // All at once: one after another, ten slow words would outlast the time that speech has.
    const coming = await Promise.all(cues.map(({ url }) => this.#clips.get(url)));
    const words = coming.filter((word) => word !== null);
    // Never a part of a number: no word sounds before all of them can.
    if (words.length < cues.length) return 'missing';
    const output = this.#output();
    if (output === null) return 'failed';
    let at_s = output.context.currentTime + AHEAD_S;
    const sources = words.map((buffer, index) => {
      const source = output.context.createBufferSource();
      source.buffer = buffer;
      source.connect(output.master);
      at_s += (cues[index]?.pause_ms ?? 0) / 1000;
      source.start(at_s);
      at_s += buffer.duration;
      return source;
    });
    return this.#heard({ done: endOf(sources), cancel: () => sources.forEach((source) => source.stop()) });
  }

  async #chime(kind: ChimeKind): Promise<Outcome> {
    const output = this.#output();
    return output === null ? 'failed' : this.#heard(chime(output.context, output.master, kind));
  }

  async #heard(sounding: Sounding): Promise<Outcome> {
    this.#sounding = sounding;
    await sounding.done;
    if (this.#sounding === sounding) this.#sounding = null;
    return 'sounded';
  }

  #output(): Output | null {
    return this.#is_stopped ? null : this.#running;
  }

  #onStateChange(context: AudioContext): void {
    // Of an older context nothing is of interest any more.
    if (context === this.#running?.context) this.#events.changed();
  }

  async #resume(): Promise<void> {
    this.#is_resuming = true;
    await this.#running?.context.resume().catch(() => undefined);
    this.#is_resuming = false;
    this.#events.changed();
  }

  #openAnew(): void {
    this.#close();
    this.open();
  }

  #close(): void {
    const old = this.#running?.context;
    this.#running = null;
    this.#is_resuming = false;
    if (old !== undefined && old.state !== 'closed') void old.close().catch(() => undefined);
  }
}

/** Whole, of this server, and no larger than a clip may be. */
async function fetchClip(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(FETCH_WITHIN_MS) });
  const bytes = Number(response.headers.get('content-length') ?? 0);
  if (response.ok && bytes <= CLIP_BYTES_MAX) return response.arrayBuffer();
  await response.body?.cancel();
  throw new Error(`${url}: ${response.status}, ${bytes} bytes`);
}

/** The last one ends when all have. */
function endOf(sources: readonly AudioBufferSourceNode[]): Promise<void> {
  return new Promise((resolve) => {
    const last = sources.at(-1);
    if (last === undefined) resolve();
    else last.addEventListener('ended', () => resolve());
  });
}

/** Decoding needs no output, and must not fail because there is none: this one never plays. */
let decoder: OfflineAudioContext | undefined;

function decode(bytes: ArrayBuffer): Promise<AudioBuffer> {
  decoder ??= new OfflineAudioContext(1, 1, DECODED_HZ);
  return decoder.decodeAudioData(bytes);
}
