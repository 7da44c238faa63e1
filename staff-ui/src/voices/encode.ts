// Speech to a small file: Opus by the browser's own encoder (WebCodecs), put into Ogg by ours. Browsers offer the
// encoder only over https (or on this machine itself).

import { OPUS_HZ, oggOpus, type OpusPacket } from './ogg';

const FRAME = 960;
/** Without a word from the encoder: what libopus needs at this rate. */
const PRE_SKIP_USUAL = 312;

const CONFIG = {
  codec: 'opus',
  sampleRate: OPUS_HZ,
  numberOfChannels: 1,
  bitrate: 24_000,
  opus: { application: 'voip', frameDuration: 20_000 },
} as const;

export async function canEncode(): Promise<boolean> {
  if (typeof AudioEncoder === 'undefined') return false;
  try {
    return (await AudioEncoder.isConfigSupported(CONFIG)).supported === true;
  } catch {
    return false;
  }
}

/** `samples` at 48 kHz. */
export async function encode(samples: Float32Array<ArrayBuffer>): Promise<Blob> {
  const packets: OpusPacket[] = [];
  let pre_skip = PRE_SKIP_USUAL;
  let failure: DOMException | null = null;
  const encoder = new AudioEncoder({
    output: (chunk, metadata) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      packets.push({ bytes, samples: FRAME });
      pre_skip = preSkipOf(metadata?.decoderConfig?.description) ?? pre_skip;
    },
    error: (error) => (failure = error),
  });
  try {
    encoder.configure(CONFIG);
    const data = padded(samples);
    const sound = new AudioData({
      format: 'f32-planar',
      sampleRate: OPUS_HZ,
      numberOfChannels: 1,
      numberOfFrames: data.length,
      timestamp: 0,
      data,
    });
    encoder.encode(sound);
    sound.close();
    await encoder.flush();
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
  if (failure !== null) throw failure;
  const file = oggOpus({ packets, pre_skip, samples: samples.length, input_hz: OPUS_HZ });
  return new Blob([file], { type: 'audio/ogg' });
}

/** The encoder is late by its delay: silence behind the word lets all of it out, in whole frames. */
function padded(samples: Float32Array): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(Math.ceil((samples.length + FRAME) / FRAME) * FRAME);
  whole.set(samples);
  return whole;
}

/** The encoder describes its stream by the head that Ogg wants too. */
function preSkipOf(description: AllowSharedBufferSource | undefined): number | null {
  if (description === undefined || description.byteLength < 12) return null;
  const [buffer, at] = ArrayBuffer.isView(description) ? [description.buffer, description.byteOffset] : [description, 0];
  return new DataView(buffer, at).getUint16(10, true);
}
