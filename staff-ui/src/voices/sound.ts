// Sound as this page handles it: one channel at 48 kHz. Decodes whatever the browser can, and lets it be heard.

import { OPUS_HZ } from './ogg';

/** A word of five seconds as an uncompressed file in studio quality has three megabytes. */
export const FILE_BYTES_MAX = 20 * 1024 * 1024;

/** Rejects when the bytes are no sound. */
export async function decoded(bytes: ArrayBuffer): Promise<Float32Array<ArrayBuffer>> {
  const sound = await new OfflineAudioContext(1, 1, OPUS_HZ).decodeAudioData(bytes);
  const mono = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel += 1) {
    for (const [at, sample] of sound.getChannelData(channel).entries()) mono[at] = (mono[at] ?? 0) + sample / sound.numberOfChannels;
  }
  return mono;
}

export interface Heard {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly pause_ms: number;
}

/** Plays one thing at a time; a new one ends the one before. */
export class Ear {
  #context: AudioContext | null = null;
  #playing: AudioBufferSourceNode[] = [];

  /** Resolves when the last has sounded, or something else began. */
  async play(words: readonly Heard[]): Promise<void> {
    this.hush();
    const context = (this.#context ??= new AudioContext());
    await context.resume();
    let at_s = context.currentTime + 0.05;
    this.#playing = words.map(({ samples, pause_ms }) => {
      const buffer = context.createBuffer(1, Math.max(1, samples.length), OPUS_HZ);
      buffer.copyToChannel(samples, 0);
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(context.destination);
      at_s += pause_ms / 1000;
      source.start(at_s);
      at_s += buffer.duration;
      return source;
    });
    const last = this.#playing.at(-1);
    if (last !== undefined) await new Promise((resolve) => last.addEventListener('ended', resolve));
  }

  hush(): void {
    for (const source of this.#playing.splice(0)) source.stop();
  }

  close(): void {
    void this.#context?.close().catch(() => undefined);
  }
}
