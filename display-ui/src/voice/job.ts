// An announcement, made once from a call, the settings and the voices at hand, and then never changed.
// Pure. Must not play anything, and must not say part of a number: a phrase is whole or it is left out.

import { callKey } from '../lobby/board';
import type { Call, Speech } from '../lobby/wire';
import { CHIME_MS, type ChimeKind } from './chimes';
import type { VoiceShelf } from './shelf';

/** More words than any call has: something is wrong with the phrase. */
export const CUES_MAX = 40;
/** Between the chime and the first phrase. */
const PAUSE_AFTER_CHIME_MS = 150;
/** Between two phrases. */
const PAUSE_BETWEEN_MS = 700;

/** One word as sound, after a silence. */
export interface Cue {
  readonly token: string;
  readonly url: string;
  readonly pause_ms: number;
  readonly length_ms: number;
}

/** What may be left out when too much waits: `repeat` first, then `second`; `first` never. */
export type Role = 'first' | 'repeat' | 'second';

/** A whole phrase in one language. */
export interface Part {
  readonly role: Role;
  readonly language: string;
  readonly cues: readonly Cue[];
  readonly length_ms: number;
}

export interface Job {
  /** Calls it stands for: one, or all that a chime of overflow stands for, the newest last; none for a notice. */
  readonly keys: readonly string[];
  /** What it says, so that it can be withdrawn or left to another screen; null when it names nobody. */
  readonly call: Call | null;
  readonly chime: ChimeKind;
  readonly parts: readonly Part[];
  /** Of a hall that runs faster than the world: one waiting chime stands for all. */
  readonly hurried: boolean;
}

/** How calls are announced now. */
export interface Manner {
  readonly mode: 'voice' | 'chime' | 'off';
  readonly times: number;
  readonly second_language: string | null;
  readonly speed: number;
  readonly voices: VoiceShelf;
}

export function jobOf(call: Call, manner: Manner): Job {
  const hurried = manner.speed > 1;
  const speaks = manner.mode === 'voice' && !hurried;
  return Object.freeze({
    keys: Object.freeze([callKey(call)]),
    call,
    chime: 'call',
    parts: Object.freeze(speaks ? partsOf(call, manner) : []),
    hurried,
  });
}

export function noticeJob(): Job {
  return Object.freeze({ keys: Object.freeze([]), call: null, chime: 'notice', parts: Object.freeze([]), hurried: false });
}

/** A chime for calls that found no place among those waiting. */
export function overflowJob(keys: readonly string[]): Job {
  return Object.freeze({ keys: Object.freeze([...keys]), call: null, chime: 'call', parts: Object.freeze([]), hurried: false });
}

/** The same announcement without one of its parts. */
export function without(job: Job, part: Part): Job {
  return Object.freeze({ ...job, parts: Object.freeze(job.parts.filter((one) => one !== part)) });
}

export function lengthOf(job: Job): number {
  return job.parts.reduce((sum, part) => sum + part.length_ms, CHIME_MS);
}

/** Every clip it needs. */
export function urlsOf(job: Job): string[] {
  return job.parts.flatMap(({ cues }) => cues.map(({ url }) => url));
}

function partsOf(call: Call, { times, second_language, voices }: Manner): Part[] {
  const inLanguage = (language: string | null): Speech | undefined =>
    call.speech.find((speech) => speech.language === language);
  const own = phraseOf(inLanguage(call.language), voices);
  const second = second_language === call.language ? null : phraseOf(inLanguage(second_language), voices);
  const parts: Part[] = [];
  const add = (role: Role, phrase: Phrase): void => {
    parts.push(partOf(role, phrase, parts.length === 0 ? PAUSE_AFTER_CHIME_MS : PAUSE_BETWEEN_MS));
  };
  if (own !== null) {
    for (let time = 0; time < times; time += 1) add(time === 0 ? 'first' : 'repeat', own);
  }
  // Where the ticket's own language cannot be said, the second one is all there is.
  if (second !== null) add(own === null ? 'first' : 'second', second);
  return parts;
}

interface Phrase {
  readonly language: string;
  readonly cues: readonly Cue[];
}

/** Null when there is no such phrase, or one of its words has no clip. */
function phraseOf(speech: Speech | undefined, voices: VoiceShelf): Phrase | null {
  if (speech === undefined || speech.tokens.length === 0 || speech.tokens.length > CUES_MAX) return null;
  const clips = voices.get(speech.language);
  const cues: Cue[] = [];
  for (const [index, token] of speech.tokens.entries()) {
    const clip = clips?.get(token);
    if (clip === undefined) return null;
    cues.push({ token, url: clip.url, length_ms: clip.length_ms, pause_ms: speech.pauses_ms[index] ?? 0 });
  }
  return { language: speech.language, cues };
}

function partOf(role: Role, { language, cues }: Phrase, lead_ms: number): Part {
  const led = cues.map((cue, index) => Object.freeze(index === 0 ? { ...cue, pause_ms: cue.pause_ms + lead_ms } : cue));
  const length_ms = led.reduce((sum, { pause_ms, length_ms: clip_ms }) => sum + pause_ms + clip_ms, 0);
  return Object.freeze({ role, language, cues: Object.freeze(led), length_ms });
}
