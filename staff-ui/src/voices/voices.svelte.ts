// What the recorder page knows: the words of a voice, the one at the microphone, what of it is kept. A kept word is
// with the server at once, so that closing the page loses at most the word being said.

import { Refused, createVoiceApi, type KeptSound, type Problem, type Prompt, type Prompts, type VoiceApi, type VoiceView } from '@khiw/ui-kit/api';

import { canEncode, encode } from './encode';
import { wordOf } from './matching';
import { Microphone, NoMicrophone, RECORDING_MS_MAX, type MicrophoneTrouble, type Records } from './microphone';
import { sampleCall } from './sample';
import { Ear, FILE_BYTES_MAX, decoded, type Heard } from './sound';
import { WORD_MS_MAX, cutTo, lengthMs, takeOf, wordOfTake, type Take } from './take';

export type Phase = 'ready' | 'opening' | 'recording' | 'looking' | 'taken' | 'keeping';
export type WordState = 'missing' | 'recorded' | 'in_use';
/** Why there is no word to keep. */
export type Note = 'nothing_heard' | 'too_long';
export type FileFate = 'kept' | 'unknown' | 'no_sound' | 'nothing_heard' | 'too_long' | 'too_large' | 'refused';

export interface FileResult {
  readonly name: string;
  readonly fate: FileFate;
}

/** More files than any voice has words. */
export const FILES_MAX = 300;

export interface VoicePorts {
  api: VoiceApi;
  microphone: Records;
  ear: Pick<Ear, 'play' | 'hush' | 'close'>;
  canEncode(): Promise<boolean>;
  encode(samples: Float32Array<ArrayBuffer>): Promise<Blob>;
  decode(bytes: ArrayBuffer): Promise<Float32Array<ArrayBuffer>>;
  fetchSound(url: string): Promise<ArrayBuffer>;
}

export function browserPorts(): VoicePorts {
  return { api: createVoiceApi(), microphone: new Microphone(), ear: new Ear(), canEncode, encode, decode: decoded, fetchSound };
}

export class VoiceDesk {
  language = $state('th');
  prompts = $state.raw<Prompts | null>(null);
  voices = $state.raw<readonly VoiceView[]>([]);
  token = $state('');
  phase = $state<Phase>('ready');
  take = $state.raw<Take | null>(null);
  note = $state<Note | null>(null);
  trouble = $state<MicrophoneTrouble | null>(null);
  can_encode = $state(true);
  /** Nobody, or not an administrator. */
  kept_out = $state(false);
  problem = $state.raw<Problem | null>(null);
  files = $state.raw<readonly FileResult[]>([]);
  /** Files still to be looked at. */
  files_left = $state(0);
  /** Words that the sample call lacks. */
  sample_lacks = $state.raw<readonly string[]>([]);
  published_at = $state.raw<Date | null>(null);
  busy = $state(false);

  readonly #site: string;
  readonly #ports: VoicePorts;
  /** Kept since the voice was last put in use, as far as this page knows. */
  readonly #anew = new Set<string>();
  #stopping: ReturnType<typeof setTimeout> | undefined;

  constructor(site: string, ports: VoicePorts = browserPorts()) {
    this.#site = site;
    this.#ports = ports;
  }

  get words(): readonly Prompt[] {
    return this.prompts?.prompts ?? [];
  }

  get word(): Prompt | null {
    return this.words.find(({ token }) => token === this.token) ?? null;
  }

  /** Neither recorded nor in use. */
  get missing(): readonly Prompt[] {
    return this.words.filter((word) => kept(word) === null);
  }

  stateOf({ token, recorded, published }: Prompt): WordState {
    if (published === null) return recorded === null ? 'missing' : 'recorded';
    // Recordings stay when a voice is put in use: another length, or a word kept since, is another recording.
    const is_anew = recorded !== null && (this.#anew.has(token) || recorded.length_ms !== published.length_ms);
    return is_anew ? 'recorded' : 'in_use';
  }

  /** What the hall speaks this language with now. */
  get voice(): VoiceView | null {
    return this.voices.find(({ language }) => language === this.language) ?? null;
  }

  async start(language: string): Promise<void> {
    this.can_encode = await this.#ports.canEncode();
    await this.choose(language);
  }

  stop(): void {
    clearTimeout(this.#stopping);
    this.#ports.ear.close();
    this.#ports.microphone.close();
  }

  async choose(language: string): Promise<void> {
    this.language = language;
    this.prompts = null;
    this.#anew.clear();
    this.#forgetTake();
    this.files = [];
    this.sample_lacks = [];
    this.published_at = null;
    await this.#load();
    this.token = (this.missing[0] ?? this.words[0])?.token ?? '';
  }

  select(token: string): void {
    if (this.phase === 'recording' || this.phase === 'keeping') return;
    this.token = token;
    this.#forgetTake();
  }

  level(): number {
    return this.#ports.microphone.level();
  }

  /** Space: begins a recording, or ends it. */
  async toggle(): Promise<void> {
    if (this.phase === 'recording') return this.#end();
    if (this.phase === 'ready' || this.phase === 'taken') await this.#begin();
  }

  /** R: what was said is dropped and said anew. */
  async again(): Promise<void> {
    if (this.phase === 'taken') await this.#begin();
  }

  async #begin(): Promise<void> {
    if (this.word === null || !this.can_encode) return;
    this.#forgetTake();
    this.#ports.ear.hush();
    this.phase = 'opening';
    try {
      await this.#ports.microphone.begin();
      this.trouble = null;
      this.phase = 'recording';
      this.#stopping = setTimeout(() => void this.#end(), RECORDING_MS_MAX);
    } catch (thrown) {
      this.trouble = thrown instanceof NoMicrophone ? thrown.trouble : 'busy';
      this.phase = 'ready';
    }
  }

  async #end(): Promise<void> {
    if (this.phase !== 'recording') return;
    clearTimeout(this.#stopping);
    this.phase = 'looking';
    try {
      this.take = takeOf(await this.#ports.microphone.end());
      this.note = this.take === null ? 'nothing_heard' : null;
    } catch {
      // A recording that the browser itself cannot read holds no word.
      this.note = 'nothing_heard';
    }
    this.phase = this.take === null ? 'ready' : 'taken';
  }

  cut(from_ms: number, to_ms: number): void {
    if (this.take !== null) this.take = cutTo(this.take, from_ms, to_ms);
  }

  /** The word as it would be kept, else as it is. */
  async listen(): Promise<void> {
    if (this.take !== null) return this.#ports.ear.play([{ samples: wordOfTake(this.take), pause_ms: 0 }]);
    const sound = this.word === null ? null : kept(this.word);
    if (sound !== null) await this.#asked(async () => this.#ports.ear.play([await this.#heard(sound, 0)]));
  }

  /** Enter: keeps the word, and the next one that is missing is at the microphone. */
  async keep(): Promise<void> {
    const { take, word } = this;
    if (this.phase !== 'taken' || take === null || word === null) return;
    this.note = lengthMs(take) > WORD_MS_MAX ? 'too_long' : null;
    if (this.note !== null) return;
    this.phase = 'keeping';
    const done = await this.#asked(async () => this.#send(word.token, wordOfTake(take)));
    this.phase = 'taken';
    if (done) this.#next();
  }

  async discard(): Promise<void> {
    const { word } = this;
    if (word === null || word.recorded === null) return;
    await this.#asked(async () => {
      await this.#ports.api.discard(this.#site, this.language, word.token);
      this.#replace(word.token, null);
    });
  }

  async #send(token: string, samples: Float32Array<ArrayBuffer>): Promise<void> {
    const { language } = this;
    const file = await this.#ports.encode(samples);
    const sound = await this.#ports.api.record(this.#site, language, token, file);
    if (language === this.language) this.#replace(token, sound);
  }

  #replace(token: string, recorded: KeptSound | null): void {
    if (this.prompts === null) return;
    if (recorded === null) this.#anew.delete(token);
    else this.#anew.add(token);
    const prompts = this.prompts.prompts.map((one) => (one.token === token ? { ...one, recorded } : one));
    this.prompts = { ...this.prompts, prompts };
  }

  /** The next one that is missing, from here on and then from the beginning; when none is, simply the next. */
  #next(): void {
    const at = this.words.findIndex(({ token }) => token === this.token);
    const ahead = [...this.words.slice(at + 1), ...this.words.slice(0, at + 1)];
    const next = ahead.find((word) => kept(word) === null) ?? ahead[0];
    this.token = next?.token ?? this.token;
    this.#forgetTake();
  }

  #forgetTake(): void {
    this.take = null;
    this.note = null;
    this.phase = 'ready';
  }

  /** Files of words, each by its name; one after another. */
  async takeFiles(files: readonly File[]): Promise<void> {
    if (this.files_left > 0) return;
    const taken = files.slice(0, FILES_MAX);
    this.files = [];
    this.files_left = taken.length;
    for (const file of taken) {
      const fate = await this.#takeFile(file);
      this.files = [...this.files, { name: file.name, fate }];
      this.files_left -= 1;
    }
  }

  async #takeFile(file: File): Promise<FileFate> {
    const word = wordOf(file.name, this.words);
    if (word === null) return 'unknown';
    if (file.size > FILE_BYTES_MAX) return 'too_large';
    let take: Take | null;
    try {
      take = takeOf(await this.#ports.decode(await file.arrayBuffer()));
    } catch {
      return 'no_sound';
    }
    if (take === null) return 'nothing_heard';
    if (lengthMs(take) > WORD_MS_MAX) return 'too_long';
    const samples = wordOfTake(take);
    return (await this.#asked(() => this.#send(word.token, samples))) ? 'kept' : 'refused';
  }

  /** A whole call, from what is recorded and what is in use. */
  async sample(): Promise<void> {
    const words = sampleCall(this.language).map(({ token, pause_ms }) => {
      const word = this.words.find((one) => one.token === token);
      return { text: word?.text ?? token, sound: word === undefined ? null : kept(word), pause_ms };
    });
    this.sample_lacks = words.flatMap(({ text, sound }) => (sound === null ? [text] : []));
    if (this.sample_lacks.length > 0) return;
    await this.#asked(async () => {
      const sounds = words.flatMap(({ sound, pause_ms }) => (sound === null ? [] : [this.#heard(sound, pause_ms)]));
      const heard = await Promise.all(sounds);
      await this.#ports.ear.play(heard);
    });
  }

  async #heard({ url }: KeptSound, pause_ms: number): Promise<Heard> {
    return { samples: await this.#ports.decode(await this.#ports.fetchSound(url)), pause_ms };
  }

  /** Puts the voice in use; with words missing only where that is said to be meant. */
  async publish(manifest: { name: string; speaker: string; licence: string; draft: boolean }, allow_incomplete: boolean): Promise<boolean> {
    return this.#changing(async () => {
      const { voices } = await this.#ports.api.publish(this.#site, this.language, { ...manifest, allow_incomplete });
      this.voices = voices;
      this.#anew.clear();
      this.published_at = new Date();
    });
  }

  async withdraw(): Promise<boolean> {
    return this.#changing(async () => {
      this.voices = (await this.#ports.api.withdraw(this.#site, this.language)).voices;
      this.published_at = null;
    });
  }

  async #changing(change: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const done = await this.#asked(change);
    if (done) await this.#load();
    this.busy = false;
    return done;
  }

  async #load(): Promise<void> {
    const { language } = this;
    await this.#asked(async () => {
      const [prompts, { voices }] = await Promise.all([
        this.#ports.api.prompts(this.#site, language),
        this.#ports.api.voices(this.#site),
      ]);
      if (language !== this.language) return;
      this.prompts = prompts;
      this.voices = voices;
    });
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

/** The newest of a word: what is recorded, else what is in use. */
function kept({ recorded, published }: Prompt): KeptSound | null {
  return recorded ?? published;
}

async function fetchSound(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(8_000) });
  if (!response.ok) throw new Refused(response.status, 'unknown_word', {}, url);
  return response.arrayBuffer();
}
