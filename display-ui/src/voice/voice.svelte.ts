// The voice of a lobby screen: calls in, sound out, and what it says exposed to the page: its state, whose turn it is,
// which calls were spoken. The only place here that knows time, network and the audio device; every rule is in the pure
// files beside it. Must not delay or stop anything that is shown.

import { clockTime } from '@khiw/ui-kit/format';

import { callKey } from '../lobby/board';
import type { Call, Frame } from '../lobby/wire';
import { DEFAULT_SETTINGS, type SoundSettings } from '../settings/screen-settings';
import { ELSEWHERE_MAX, duty, isFresh, isMuted, type Duty, type SoundState } from './duty';
import { NO_WORDS_YET, keepOnly, voiced, type FirstWords } from './first-words';
import { jobOf, noticeJob, urlsOf, type Job, type Manner } from './job';
import { Player, type PlayerEvents, type Plays } from './player';
import { SILENCE, announce, ended, handOver, hush, know, tick, turnOf, withdraw, type Outcome, type Queue, type Sound, type Step } from './queue';
import { NO_VOICES, clipUrls, parseVoices, withoutClips, wordsAmong, type VoiceShelf } from './shelf';

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
  /** Words of the voices in use that this screen cannot decode. */
  clips_failed = $state.raw<readonly string[]>([]);
  /** Calls said and not yet reported, oldest first. */
  spoken = $state.raw<readonly string[]>([]);

  readonly #ports: Required<VoicePorts>;
  readonly #player: Plays;
  #queue: Queue = SILENCE;
  /** Counts the sounds begun: an end of an older one is of no concern. */
  #sounds = 0;
  #settings = DEFAULT_SETTINGS.sound;
  #speaks = true;
  /** Since the last snapshot, or it has been waited for long enough. */
  #is_told = false;
  /** Calls that wait until it is told. */
  #held: readonly Call[] = [];
  /** Calls to be said here that wait for their clips. */
  #words = NO_WORDS_YET;
  #elsewhere: readonly Call[] = [];
  #announce_below_s = 30;
  #speed = 1;
  /** Null until the server has told. */
  #voices: VoiceShelf | null = null;
  #is_asking = false;
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
      broken: (url) => this.#onBroken(url),
      ready: () => this.#lookAtWords(),
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
    this.#queue = know(this.#queue, spoken);
    this.#player.volume(settings.volume_percent);
    this.#onTold();
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
    this.#is_asking = true;
    let again_ms = VOICES_AGAIN_LATER_MS;
    try {
      this.#voices = parseVoices(await this.#ports.fetchVoices(this.#ports.site));
      this.#player.prepare(clipUrls(this.#voices));
      this.#tellFailed();
    } catch {
      again_ms = VOICES_AGAIN_MS;
    }
    this.#is_asking = false;
    this.#lookAtWords();
    clearTimeout(this.#voices_again);
    if (!this.#is_stopped) this.#voices_again = setTimeout(() => void this.renewVoices(), again_ms);
  }

  #onSnapshot(frame: Frame & { type: 'snapshot' }): void {
    this.#announce_below_s = frame.announce_below_s;
    this.#speed = frame.speed;
    const standing = new Set(frame.calls.map(({ ticket, counter }) => `${ticket}/${counter}`));
    const is_evacuated = frame.notice?.code === 'evacuation';
    this.#drop(({ ticket, counter }) => is_evacuated || !standing.has(`${ticket}/${counter}`));
    // Until it is told its fresh calls wait: another screen of the group may be saying them.
    this.#is_told = false;
    // The server is there now; it was not, when it was asked for its voices.
    if (this.#voices === null && !this.#is_asking) void this.renewVoices();
    clearTimeout(this.#untold);
    this.#untold = setTimeout(() => this.#onTold(), TOLD_WITHIN_MS);
  }

  #onTold(): void {
    clearTimeout(this.#untold);
    this.#is_told = true;
    const held = this.#held;
    this.#held = [];
    this.#look();
    this.#announce(held);
  }

  #onNotice({ code }: Frame & { type: 'notice' }): void {
    if (code === 'evacuation' || code === 'day_opened') this.#drop(() => true);
    const tells_people = code !== 'issuing_resumed' && code !== 'day_opened';
    if (tells_people && this.#duty === 'say') this.#carryOut(announce(this.#queue, [noticeJob()], this.#ports.now_ms()));
  }

  #drop(isGone: (call: Call) => boolean): void {
    this.#queue = withdraw(this.#queue, isGone);
    this.#held = this.#held.filter((call) => !isGone(call));
    this.#words = keepOnly(this.#words, (call) => !isGone(call));
    this.#elsewhere = this.#elsewhere.filter((call) => !isGone(call));
  }

  #announce(calls: readonly Call[]): void {
    if (!this.#is_told) {
      this.#held = [...this.#held, ...calls].slice(-ELSEWHERE_MAX);
      return;
    }
    this.#look();
    if (this.#duty === 'say') this.#say(calls);
    else if (this.#duty === 'mute') this.#queue = know(this.#queue, calls.map(callKey));
    else this.#leave(calls);
  }

  #say(calls: readonly Call[]): void {
    const words = this.#worthSaying();
    this.#words = { ...words, unvoiced: [...words.unvoiced, ...calls] };
    this.#sayVoiced();
    this.#hurryClips();
  }

  #sayVoiced(): void {
    const manner = this.#manner();
    const now_ms = this.#ports.now_ms();
    const { calls, words } = voiced(this.#words, (call) => this.#isVoiced(jobOf(call, manner)), now_ms);
    this.#words = words;
    this.#carryOut(announce(this.#queue, calls.map((call) => jobOf(call, manner)), now_ms));
  }

  #manner(): Manner {
    const { mode, times, second_language } = this.#settings;
    const voices = withoutClips(this.#voices ?? NO_VOICES, this.#broken);
    return { mode, times, second_language, speed: this.#speed, voices };
  }

  /** It will sound as it is meant to: with every word, or as a chime because it is to be no more. */
  #isVoiced(job: Job): boolean {
    if (this.#settings.mode !== 'voice' || job.hurried) return true;
    return this.#voices !== null && this.#player.has(urlsOf(job));
  }

  /** Those of the first that waits; the others' come while it is being said. */
  #hurryClips(): void {
    const [first] = this.#words.unvoiced;
    if (first !== undefined) this.#player.hurry(urlsOf(jobOf(first, this.#manner())));
  }

  /** Other clips are at hand, or time has passed. */
  #lookAtWords(): void {
    if (this.#words.unvoiced.length === 0 || this.#is_stopped) return;
    this.#words = this.#worthSaying();
    this.#sayVoiced();
  }

  /** What grew old while it waited is listed, not spoken; nor is what another screen has said meanwhile. */
  #worthSaying(): FirstWords {
    const hall_ms = this.#ports.hall()?.now.getTime() ?? null;
    const { known } = this.#queue;
    return keepOnly(this.#words, (call) => isFresh(call, hall_ms, this.#announce_below_s) && !known.has(callKey(call)));
  }

  #onBroken(url: string): void {
    this.#broken.add(url);
    this.#tellFailed();
    this.#lookAtWords();
  }

  #tellFailed(): void {
    this.clips_failed = wordsAmong(this.#voices ?? NO_VOICES, this.#broken);
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
    this.#say(left.filter((call) => isFresh(call, hall_ms, this.#announce_below_s)));
  }

  #beat(): void {
    this.#player.look();
    this.#look();
    this.#lookAtWords();
    this.#hurryClips();
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
    if (this.#duty === 'mute') this.#hush();
    if (this.#duty === 'elsewhere') this.#leaveWaiting();
    if (this.#duty === 'say' && this.#elsewhere.length > 0) this.#takeOver();
  }

  #hush(): void {
    this.#queue = know(hush(this.#queue), this.#words.unvoiced.map(callKey));
    this.#words = keepOnly(this.#words, () => false);
  }

  #leaveWaiting(): void {
    const { queue, calls } = handOver(this.#queue);
    const left = [...calls, ...this.#words.unvoiced];
    this.#queue = queue;
    this.#words = keepOnly(this.#words, () => false);
    if (left.length > 0) this.#leave(left);
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
