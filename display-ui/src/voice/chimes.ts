// Two chimes of our own, made of tones, so that they sound without any file: one before a call, one for a notice.
// Must not know what they announce.

export type ChimeKind = 'call' | 'notice';

/** A chime's length, as DOMAIN.md has it. */
export const CHIME_MS = 1_000;

interface Tone {
  readonly hz: number;
  readonly at_s: number;
  readonly length_s: number;
}

const TONES: Record<ChimeKind, readonly Tone[]> = {
  /** A fourth down, G5 to D5: look up. */
  call: [
    { hz: 784, at_s: 0, length_s: 0.55 },
    { hz: 587, at_s: 0.38, length_s: 0.62 },
  ],
  /** Up in thirds, C5 E5 G5: something to read, nobody is called. */
  notice: [
    { hz: 523, at_s: 0, length_s: 0.4 },
    { hz: 659, at_s: 0.22, length_s: 0.4 },
    { hz: 784, at_s: 0.44, length_s: 0.56 },
  ],
};

/** Soft tones with a bell's decay. Resolves when they have sounded; `cancel` ends them at once. */
export function chime(context: BaseAudioContext, into: AudioNode, kind: ChimeKind): { done: Promise<void>; cancel(): void } {
  const from_s = context.currentTime + 0.02;
  const master = context.createGain();
  master.gain.value = 0.5;
  master.connect(into);
  const tones = TONES[kind].map((one) => tone(context, master, one, from_s));
  const last = tones.at(-1);
  const done = new Promise<void>((resolve) => {
    last?.addEventListener('ended', () => {
      master.disconnect();
      resolve();
    });
  });
  return { done, cancel: () => tones.forEach((one) => one.stop()) };
}

function tone(context: BaseAudioContext, into: AudioNode, { hz, at_s, length_s }: Tone, from_s: number): OscillatorNode {
  const begin_s = from_s + at_s;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, begin_s);
  gain.gain.linearRampToValueAtTime(0.8, begin_s + 0.012);
  gain.gain.exponentialRampToValueAtTime(0.001, begin_s + length_s);
  gain.connect(into);
  const oscillator = context.createOscillator();
  oscillator.type = 'sine';
  oscillator.frequency.value = hz;
  oscillator.connect(gain);
  oscillator.start(begin_s);
  oscillator.stop(begin_s + length_s);
  return oscillator;
}
