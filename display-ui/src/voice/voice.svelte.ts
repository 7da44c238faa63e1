// The voice of a lobby screen: calls in, sound out, and what it says exposed to the page: its state, whose turn it is,
// which calls were spoken. The only place here that knows time, network and the audio device; every rule is in the pure
// files beside it. Must not delay or stop anything that is shown.

import { clockTime } from '@khiw/ui-kit/format';

import { callKey } from '../lobby/board';
import type { Call, Frame } from '../lobby/wire';
import { DEFAULT_SOUND, ELSEWHERE_MAX, duty, isFresh, isMuted, type Duty, type SoundSettings, type SoundState } from './duty';
import { jobOf, noticeJob, type Manner } from './job';
import { Player, type PlayerEvents, type Plays } from './player';
import { SILENCE, announce, ended, handOver, hush, know, tick, turnOf, withdraw, type Outcome, type Queue, type Sound, type Step } from './queue';
import { NO_VOICES, clipUrls, parseVoices, withoutClips, type VoiceShelf } from './shelf';

/** Time-outs, quiet hours and an interrupted sound are looked at this often. */
const LOOK_EVERY_MS = 1_000;
const VOICES_AGAIN_MS = 15_000;
const VOICES_AGAIN_LATER_MS = 10 * 60_000;
/** Spoken calls that nobody has reported yet; the server keeps as many of a group. */
const SPOKEN_MAX = 64;

/** Whether a screen speaks is told right behind a snapshot; one that is told nothing by then is heard alone. */
export const TOLD_WITHIN_MS = 500;

export interface HallTime {
  readonly now: Date;
  /** Null before the site is known: no hour is quiet then. */
  readonly time_zone: string | null;
}

export interface VoicePorts {
  readonly site: string;
  /** Null before the hall's time is known. */
  hall(): HallTime | null;
  /** Monotonic milliseconds. */
  now_ms?(): number;
  player?(events: PlayerEvents): Plays;
  fetchVoices?(site: string): Promise<unknown>;
}

/** What an enrolled screen is told. */
export interface Told {
  readonly settings: SoundSettings;
  /** This one speaks for its sound group. */
  readonly speaks: boolean;
  /** Calls that the group has spoken lately. */
  readonly spoken: readonly string[];
}

export class Voice {
  state = $state<SoundState>('needs_touch');
  /** The call that is being said; null while nothing is. */
  turn = $state<string | null>(null);
  /** Calls since the start that became a mere chime because too many waited. */
  overflowed = $state(0);
  /** Calls said and not yet reported, oldest first. */
  spoken = $state.raw<readonly string[]>([]);

  readonly #ports: Required<VoicePorts>;
  readonly #player: Plays;
  #queue: Queue = SILENCE;
  /** Counts the sounds begun: an end of an older one is of no concern. */
  #sounds = 0;
  #settings = DEFAULT_SOUND;
  #speaks = true;
  /** Since the last snapshot, or it has been waited for long enough. */
  #is_told = false;
  #spoken_by_group: ReadonlySet<string> = new Set();
  #elsewhere: readonly Call[] = [];
  #announce_below_s = 30;
  #speed = 1;
  #voices: VoiceShelf = NO_VOICES;
  readonly #broken = new Set<string>();
  #duty: Duty = 'elsewhere';
  #is_stopped = false;
  #untold: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  #voices_again: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: VoicePorts) {
    this.#ports = {
      now_ms: () => performance.now(),
      player: (events) => new Player(events),
      fetchVoices,
      ...ports,
    };
    this.#player = this.#ports.player({
      changed: () => this.#look(),
      broken: (url) => this.#broken.add(url),
    });
  }

  start(): void {
    this.#player.volume(this.#settings.volume_percent);
    this.#look();
    this.#looking = setInterval(() => this.#beat(), LOOK_EVERY_MS);
    void this.renewVoices();
  }

  stop(): void {
    this.#is_stopped = true;
    clearInterval(this.#looking);
    clearTimeout(this.#voices_again);
    clearTimeout(this.#untold);
    this.#player.stop();
  }

  /** Call it from a touch or a key. */
  enable(): void {
    if (this.#settings.mode !== 'off') this.#player.enable();
  }

  /** The screen's settings, and whether it speaks. */
  take({ settings, speaks, spoken }: Told): void {
    this.#settings = settings;
    this.#speaks = speaks;
    this.#is_told = true;
    this.#spoken_by_group = new Set(spoken);
    this.#player.volume(settings.volume_percent);
    this.#look();
  }

  /** A frame as the board took it, with the calls that are to be announced, oldest first. */
  follow(frame: Frame, fresh: readonly Call[]): void {
    if (frame.type === 'snapshot') this.#onSnapshot(frame);
    if (frame.type === 'withdrawn') {
      const { ticket, counter } = frame;
      this.#drop((whom) => whom.ticket === ticket && (counter === '' || whom.counter === counter));
    }
    if (frame.type === 'notice') this.#onNotice(frame);
    if (fresh.length > 0) this.#announce(fresh);
  }

  /** These are with the server now. */
  reported(keys: readonly string[]): void {
    this.spoken = this.spoken.filter((key) => !keys.includes(key));
  }

  /** Asks which voices there are; again by itself, since a screen that is not enrolled is not told of new ones. */
  async renewVoices(): Promise<void> {
    clearTimeout(this.#voices_again);
    let again_ms = VOICES_AGAIN_LATER_MS;
    try {
      this.#voices = parseVoices(await this.#ports.fetchVoices(this.#ports.site));
      this.#player.prepare(clipUrls(this.#voices));
    } catch {
      again_ms = VOICES_AGAIN_MS;
    }
    clearTimeout(this.#voices_again);
    if (!this.#is_stopped) this.#voices_again = setTimeout(() => void this.renewVoices(), again_ms);
  }

  #onSnapshot(frame: Frame & { type: 'snapshot' }): void {
    this.#announce_below_s = frame.announce_below_s;
    this.#speed = frame.speed;
    const standing = new Set(frame.calls.map(({ ticket, counter }) => `${ticket}/${counter}`));
    this.#drop(({ ticket, counter }) => !standing.has(`${ticket}/${counter}`));
    // Until then its fresh calls are left to others: another screen of the group may be saying them.
    this.#is_told = false;
    clearTimeout(this.#untold);
    this.#untold = setTimeout(() => this.#onUntold(), TOLD_WITHIN_MS);
  }

  #onUntold(): void {
    if (this.#is_told) return;
    this.#is_told = true;
    this.#look();
  }

  #onNotice({ code }: Frame & { type: 'notice' }): void {
    if (code === 'evacuation' || code === 'day_opened') this.#drop(() => true);
    const tells_people = code !== 'issuing_resumed' && code !== 'day_opened';
    if (tells_people && this.#duty === 'say') this.#carryOut(announce(this.#queue, [noticeJob()], this.#ports.now_ms()));
  }

  #drop(isGone: (call: Call) => boolean): void {
    this.#queue = withdraw(this.#queue, isGone);
    this.#elsewhere = this.#elsewhere.filter((call) => !isGone(call));
  }

  #announce(calls: readonly Call[]): void {
    this.#look();
    if (this.#duty === 'say' && this.#is_told) return this.#say(calls);
    if (this.#duty === 'mute') this.#queue = know(this.#queue, calls.map(callKey));
    else this.#leave(calls);
  }

  #say(calls: readonly Call[]): void {
    const { mode, times, second_language } = this.#settings;
    const voices = withoutClips(this.#voices, this.#broken);
    const manner: Manner = { mode, times, second_language, speed: this.#speed, voices };
    this.#carryOut(announce(this.#queue, calls.map((call) => jobOf(call, manner)), this.#ports.now_ms()));
  }

  /** Another screen says them; this one remembers them for as long as they are fresh. */
  #leave(calls: readonly Call[]): void {
    const remembered = new Set([...this.#elsewhere.map(callKey), ...this.#queue.known]);
    const others = calls.filter((call) => !remembered.has(callKey(call)));
    this.#elsewhere = [...this.#elsewhere, ...others].slice(-ELSEWHERE_MAX);
  }

  /** What others were to say and did not, as far as it is worth saying now. */
  #takeOver(): void {
    const hall_ms = this.#ports.hall()?.now.getTime() ?? null;
    const left = this.#elsewhere;
    this.#elsewhere = [];
    this.#queue = know(this.#queue, [...this.#spoken_by_group]);
    this.#say(left.filter((call) => isFresh(call, hall_ms, this.#announce_below_s)));
  }

  #beat(): void {
    this.#player.look();
    this.#look();
    const step = tick(this.#queue, this.#ports.now_ms());
    if (step.cut) this.#player.giveUp();
    this.#carryOut(step);
  }

  /** What this screen has to do may have changed. */
  #look(): void {
    const hall = this.#ports.hall();
    const zone = hall?.time_zone ?? null;
    const time_of_day = hall === null || zone === null ? null : clockTime(hall.now, zone, true);
    const is_muted = isMuted(this.#settings, time_of_day);
    if (!is_muted) this.#player.open();
    const sound = this.#player.state;
    this.state = is_muted ? 'muted' : sound;
    this.#duty = duty(is_muted, this.#speaks, sound !== 'needs_touch');
    if (this.#duty === 'mute') this.#queue = hush(this.#queue);
    if (this.#duty === 'elsewhere') this.#leaveWaiting();
    if (this.#duty === 'say' && this.#is_told && this.#elsewhere.length > 0) this.#takeOver();
  }

  #leaveWaiting(): void {
    const { queue, calls } = handOver(this.#queue);
    this.#queue = queue;
    if (calls.length > 0) this.#leave(calls);
  }

  #carryOut({ queue, begin, spoken }: Step): void {
    this.#queue = queue;
    this.turn = turnOf(queue);
    this.overflowed = queue.overflowed;
    if (spoken.length > 0) this.spoken = [...this.spoken, ...spoken].slice(-SPOKEN_MAX);
    if (begin !== null) void this.#play(begin);
  }

  async #play(sound: Sound): Promise<void> {
    const nth = ++this.#sounds;
    const outcome: Outcome = await this.#player.play(sound);
    // Given up meanwhile, or over with the page.
    if (nth !== this.#sounds || this.#is_stopped) return;
    this.#carryOut(ended(this.#queue, outcome, this.#ports.now_ms()));
  }
}

async function fetchVoices(site: string): Promise<unknown> {
  const url = `/api/v1/sites/${encodeURIComponent(site)}/voices`;
  const response = await fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(8_000) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}
