// The two-tone chime, one after another. Each job is immutable and has a time-out, so a sound card
// that hangs costs a chime, never the screen. Must not know calls beyond their key.

/** A chime's length, as DOMAIN.md has it. */
export const CHIME_S = 1;
/** A job that has not ended by then is given up. */
export const JOB_TIMEOUT_MS = 3_000;
/** Chimes older than this when their turn comes say nothing true any more. */
export const JOB_STALE_MS = 15_000;
export const JOBS_MAX = 6;

export interface ChimeJob {
  readonly key: string;
  readonly made_ms: number;
}

export interface ChimeQueue {
  add(key: string): void;
  readonly length: number;
}

export interface Clockwork {
  now_ms(): number;
  /** Calls back after `ms`; the result cancels. */
  after(ms: number, then: () => void): () => void;
}

/** Plays jobs strictly one after another; `play` failing, hanging or refusing is the same as done. */
export function chimeQueue(play: (job: ChimeJob) => Promise<void>, clock: Clockwork): ChimeQueue {
  let waiting: ChimeJob[] = [];
  let playing = false;

  function next(): void {
    const now_ms = clock.now_ms();
    waiting = waiting.filter((job) => now_ms - job.made_ms <= JOB_STALE_MS);
    const job = waiting.shift();
    playing = job !== undefined;
    if (job === undefined) return;
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      cancel();
      next();
    };
    const cancel = clock.after(JOB_TIMEOUT_MS, end);
    play(job).then(end, end);
  }

  return {
    add(key) {
      const job = Object.freeze({ key, made_ms: clock.now_ms() });
      waiting = [...waiting, job].slice(-JOBS_MAX);
      if (!playing) next();
    },
    get length() {
      return waiting.length + (playing ? 1 : 0);
    },
  };
}

/** Two soft tones a fourth apart (G5, D5), each with a bell's decay. Resolves when they have sounded. */
export function playChime(context: BaseAudioContext): Promise<void> {
  const from = context.currentTime + 0.02;
  const master = context.createGain();
  master.gain.value = 0.5;
  master.connect(context.destination);
  const last = [
    { hz: 784, at: 0, length: 0.55 },
    { hz: 587, at: 0.38, length: CHIME_S - 0.38 },
  ].map(({ hz, at, length }) => tone(context, master, hz, from + at, length));
  return new Promise((resolve) => {
    const end = last[last.length - 1];
    if (end === undefined) resolve();
    else
      end.addEventListener('ended', () => {
        master.disconnect();
        resolve();
      });
  });
}

function tone(
  context: BaseAudioContext,
  into: AudioNode,
  hz: number,
  at: number,
  length: number,
): OscillatorNode {
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.8, at + 0.012);
  gain.gain.exponentialRampToValueAtTime(0.001, at + length);
  gain.connect(into);
  const oscillator = context.createOscillator();
  oscillator.type = 'sine';
  oscillator.frequency.value = hz;
  oscillator.connect(gain);
  oscillator.start(at);
  oscillator.stop(at + length);
  return oscillator;
}
