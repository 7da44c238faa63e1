// A word for microphones and file choosers: a tone with silence around it, as an uncompressed WAV file.

const HZ = 48_000;
const [SILENCE_S, TONE_S] = [0.6, 0.5];
const HEADER_BYTES = 44;

/** `hz` tells words apart. */
export function toneFile(hz) {
  const samples = Int16Array.from({ length: HZ * (2 * SILENCE_S + TONE_S) }, (_, n) => {
    const second = n / HZ - SILENCE_S;
    return second >= 0 && second < TONE_S ? 9_000 * Math.sin(2 * Math.PI * hz * second) : 0;
  });
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(HEADER_BYTES - 8 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // uncompressed
  header.writeUInt16LE(1, 22); // one channel
  header.writeUInt32LE(HZ, 24);
  header.writeUInt32LE(HZ * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}
