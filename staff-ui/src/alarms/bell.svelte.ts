// The sound of an alarm: three short knocks, unlike the lobby's chime. A browser is silent until somebody touches the
// page: whether it would sound is asked of the AudioContext, not assumed.

const KNOCKS = 3;
const KNOCK_EVERY_S = 0.22;
const HZ = 880;

export interface Rings {
  /** Whether it would be heard, as far as a page can know. */
  readonly audible: boolean;
  ring(): void;
}

export class Bell implements Rings {
  audible = $state(false);
  #context: AudioContext | null = null;

  constructor() {
    try {
      this.#context = new AudioContext();
    } catch {
      // No sound card: said on the page like a sound that is off.
      return;
    }
    this.#context.addEventListener('statechange', () => this.#look());
    this.#look();
  }

  /** Somebody touched the page. */
  unlock(): void {
    if (this.#context?.state === 'suspended') void this.#context.resume().catch(() => undefined);
  }

  ring(): void {
    const context = this.#context;
    if (context?.state !== 'running') return;
    for (let knock = 0; knock < KNOCKS; knock += 1) {
      const at = context.currentTime + 0.02 + knock * KNOCK_EVERY_S;
      const gain = context.createGain();
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.35, at + 0.008);
      gain.gain.exponentialRampToValueAtTime(0.001, at + KNOCK_EVERY_S * 0.8);
      gain.connect(context.destination);
      const tone = new OscillatorNode(context, { type: 'triangle', frequency: HZ });
      tone.connect(gain);
      tone.addEventListener('ended', () => gain.disconnect());
      tone.start(at);
      tone.stop(at + KNOCK_EVERY_S);
    }
  }

  close(): void {
    void this.#context?.close().catch(() => undefined);
  }

  #look(): void {
    this.audible = this.#context?.state === 'running';
  }
}
