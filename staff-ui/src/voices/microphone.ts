// The microphone of the speaker's computer: opened at the first recording, open until the page is left. Says in one
// word why it cannot be used; must not say it in a language.

import { decoded } from './sound';

/** `insecure`: browsers give a microphone only to pages over https. */
export type MicrophoneTrouble = 'insecure' | 'refused' | 'none' | 'busy';

export class NoMicrophone extends Error {
  override readonly name = 'NoMicrophone';
  constructor(readonly trouble: MicrophoneTrouble) {
    super(trouble);
  }
}

/** A word is short; who forgets to stop is stopped. */
export const RECORDING_MS_MAX = 10_000;
/** Far above what is kept in the end: nothing is lost on the way. */
const BITS_A_SECOND = 192_000;
/** The softest that moves the meter. */
const METER_FROM_DB = -60;

export interface Records {
  open(): Promise<void>;
  /** 0 to 1, as an ear would have it. */
  level(): number;
  /** Resolves once it is being recorded. */
  begin(): Promise<void>;
  /** What was recorded, one channel at 48 kHz. */
  end(): Promise<Float32Array<ArrayBuffer>>;
  close(): void;
}

export class Microphone implements Records {
  #stream: MediaStream | null = null;
  #context: AudioContext | null = null;
  #meter: AnalyserNode | null = null;
  #recorder: MediaRecorder | null = null;
  #parts: Blob[] = [];

  async open(): Promise<void> {
    if (this.#stream?.active === true) return;
    this.close();
    const devices: MediaDevices | undefined = navigator.mediaDevices;
    if (!isSecureContext || devices === undefined) throw new NoMicrophone('insecure');
    try {
      // The speaker's own loudness is wanted: evening comes later, once, and the same for every word.
      const audio = { channelCount: 1, echoCancellation: false, autoGainControl: false, noiseSuppression: true };
      this.#stream = await devices.getUserMedia({ audio });
    } catch (thrown) {
      throw new NoMicrophone(troubleOf(thrown));
    }
    this.#context = new AudioContext();
    this.#meter = this.#context.createAnalyser();
    this.#meter.fftSize = 1024;
    this.#context.createMediaStreamSource(this.#stream).connect(this.#meter);
  }

  level(): number {
    if (this.#meter === null) return 0;
    const samples = new Float32Array(this.#meter.fftSize);
    this.#meter.getFloatTimeDomainData(samples);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-6);
    return Math.min(1, Math.max(0, 1 - (20 * Math.log10(peak)) / METER_FROM_DB));
  }

  async begin(): Promise<void> {
    await this.open();
    if (this.#stream === null) throw new NoMicrophone('none');
    const recorder = new MediaRecorder(this.#stream, { audioBitsPerSecond: BITS_A_SECOND });
    this.#recorder = recorder;
    this.#parts = [];
    recorder.addEventListener('dataavailable', ({ data }) => this.#parts.push(data));
    const begun = new Promise((resolve) => recorder.addEventListener('start', resolve, { once: true }));
    recorder.start();
    await begun;
  }

  async end(): Promise<Float32Array<ArrayBuffer>> {
    const recorder = this.#recorder;
    if (recorder === null) throw new NoMicrophone('none');
    this.#recorder = null;
    if (recorder.state !== 'inactive') {
      const ended = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }));
      recorder.stop();
      await ended;
    }
    return decoded(await new Blob(this.#parts, { type: recorder.mimeType }).arrayBuffer());
  }

  close(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#meter = null;
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
  }
}

/** The names are of the Media Capture specification. */
export function troubleOf(thrown: unknown): MicrophoneTrouble {
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  return 'busy';
}
