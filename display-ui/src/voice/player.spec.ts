// The player on an audio context that only keeps books: what was to sound, and when.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { jobOf, type Part } from './job';
import { Player } from './player';
import { sampleManner, spokenCall } from './testing';

class Node extends EventTarget {
  buffer: { duration: number; url: string } | null = null;
  type = '';
  readonly frequency = { value: 0 };
  readonly gain = {
    value: 1,
    setValueAtTime: () => undefined,
    linearRampToValueAtTime: () => undefined,
    exponentialRampToValueAtTime: () => undefined,
  };
  constructor(private readonly context: Context) {
    super();
  }
  connect(): void {}
  disconnect(): void {}
  start(at_s: number): void {
    this.context.started.push({ at_s, url: this.buffer?.url ?? `${this.frequency.value} Hz` });
    this.context.sounding = this;
  }
  stop(): void {
    this.dispatchEvent(new Event('ended'));
  }
}

class Context extends EventTarget {
  static all: Context[] = [];
  static allowed = true;
  state = 'suspended';
  currentTime = 0;
  readonly destination = {};
  readonly started: { at_s: number; url: string }[] = [];
  sounding: Node | null = null;
  gains: Node[] = [];
  constructor() {
    super();
    Context.all.push(this);
  }
  createGain(): Node {
    const node = new Node(this);
    this.gains.push(node);
    return node;
  }
  createBufferSource = (): Node => new Node(this);
  createOscillator = (): Node => new Node(this);
  resume(): Promise<void> {
    if (!Context.allowed) return new Promise(() => undefined);
    this.becomes('running');
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.becomes('closed');
    return Promise.resolve();
  }
  becomes(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

const bytes_of = new WeakMap<ArrayBuffer, string>();
const events = { changed: vi.fn(), broken: vi.fn(), ready: vi.fn() };
/** The clip of `2` is no sound. */
let broken = false;
/** Clips, as they were fetched. */
let asked: string[] = [];

beforeEach(() => {
  Context.all = [];
  Context.allowed = true;
  vi.stubGlobal('AudioContext', Context);
  vi.stubGlobal('OfflineAudioContext', class {
    decodeAudioData(bytes: ArrayBuffer) {
      const url = bytes_of.get(bytes) ?? '';
      return url.endsWith('/2') && broken ? Promise.reject(new Error('no sound')) : Promise.resolve({ duration: 0.5, url });
    }
  });
  asked = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    const bytes = new ArrayBuffer(8);
    bytes_of.set(bytes, url);
    return Promise.resolve({ ok: true, status: 200, headers: new Headers(), body: null, arrayBuffer: () => Promise.resolve(bytes) });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
  broken = false;
});

function phrase(): Part {
  const [part] = jobOf(spokenCall(), sampleManner()).parts;
  if (part === undefined) throw new Error('the sample call has a phrase');
  return part;
}

function newest(): Context {
  const context = Context.all.at(-1);
  if (context === undefined) throw new Error('no context was opened');
  return context;
}

describe('the player', () => {
  test('plays a phrase without gaps but its own pauses, and answers when the last word has sounded', async () => {
    const player = new Player(events);
    player.open();
    const played = player.play({ kind: 'speech', part: phrase() });
    await vi.waitFor(() => expect(newest().started).toHaveLength(4));
    const { started, sounding } = newest();
    expect(started.map(({ url }) => url)).toEqual(['a', '1', '2', '5'].map((token) => `/clips/th/${token}`));
    const gaps = started.slice(1).map(({ at_s }, index) => at_s - (started[index]?.at_s ?? 0) - 0.5);
    for (const gap of gaps) expect(gap).toBeCloseTo(0.1, 6);
    sounding?.dispatchEvent(new Event('ended'));
    expect(await played).toBe('sounded');
  });

  test('a clip that is no sound: not one word is said, and it is told', async () => {
    broken = true;
    const player = new Player(events);
    player.open();
    expect(await player.play({ kind: 'speech', part: phrase() })).toBe('missing');
    expect(newest().started).toEqual([]);
    expect(events.broken).toHaveBeenCalledWith('/clips/th/2');
  });

  test('asks for all words of a phrase at once, and tells when they are at hand', async () => {
    const player = new Player(events);
    const urls = phrase().cues.map(({ url }) => url);
    expect(player.has(urls)).toBe(false);
    player.hurry(urls);
    expect(asked).toEqual(urls);
    await vi.waitFor(() => expect(events.ready).toHaveBeenCalledTimes(urls.length));
    expect(player.has(urls)).toBe(true);
  });

  test('is honest: until a touch nothing is heard', () => {
    Context.allowed = false;
    const player = new Player(events);
    expect(player.state).toBe('failing');
    player.open();
    expect(player.state).toBe('needs_touch');
    Context.allowed = true;
    player.enable();
    expect(player.state).toBe('unlocked');
  });

  test('goes on by itself after an interruption', async () => {
    const player = new Player(events);
    player.open();
    await vi.waitFor(() => expect(events.changed).toHaveBeenCalledTimes(2));
    newest().becomes('interrupted');
    expect(player.state).toBe('needs_touch');
    player.look();
    expect([Context.all.length, player.state]).toEqual([1, 'unlocked']);
  });

  test('a closed context is replaced at the next look', async () => {
    const player = new Player(events);
    player.open();
    await newest().close();
    player.look();
    expect([Context.all.length, player.state]).toEqual([2, 'unlocked']);
  });

  test('given up, it is in doubt until a new context’s clock runs', async () => {
    const player = new Player(events);
    player.open();
    player.giveUp();
    expect([Context.all.length, Context.all[0]?.state, player.state]).toEqual([2, 'closed', 'failing']);
    player.look();
    expect(player.state).toBe('failing');
    newest().currentTime = 0.2;
    player.look();
    expect(player.state).toBe('unlocked');
  });

  test('has a volume, also before it is opened', () => {
    const player = new Player(events);
    player.volume(50);
    player.open();
    expect(newest().gains[0]?.gain.value).toBe(0.25);
  });

  test('a machine without sound is said so', () => {
    vi.stubGlobal('AudioContext', class {
      constructor() {
        throw new Error('no device');
      }
    });
    const player = new Player(events);
    player.open();
    expect(player.state).toBe('failing');
  });

  test('the two chimes are unlike each other', async () => {
    const player = new Player(events);
    player.open();
    const tones = async (chime: 'call' | 'notice') => {
      const from = newest().started.length;
      const played = player.play({ kind: 'chime', chime });
      newest().sounding?.dispatchEvent(new Event('ended'));
      expect(await played).toBe('sounded');
      return newest().started.slice(from).map(({ url }) => url);
    };
    expect(await tones('call')).toEqual(['784 Hz', '587 Hz']);
    expect(await tones('notice')).toEqual(['523 Hz', '659 Hz', '784 Hz']);
  });
});
