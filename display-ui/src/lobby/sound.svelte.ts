// Whether this screen can be heard, said honestly, and the chime when it can. Browsers keep sound shut until
// somebody touches the page (or the kiosk was started with autoplay allowed): that is asked of the AudioContext,
// never assumed. Must not delay or stop anything that is shown.

import { chimeQueue, playChime, type ChimeQueue } from './chime';

export type SoundState = 'on' | 'needs_touch' | 'unsupported';

export interface Sound {
  readonly state: SoundState;
  chime(key: string): void;
  /** Call from a touch or a key: only then browsers let sound begin. */
  enable(): void;
  stop(): void;
}

function openContext(): AudioContext | null {
  try {
    return new AudioContext();
  } catch {
    return null;
  }
}

export function createSound(): Sound {
  const context = openContext();
  let state = $state<SoundState>(context === null ? 'unsupported' : 'needs_touch');
  const look = (): void => {
    if (context !== null) state = context.state === 'running' ? 'on' : 'needs_touch';
  };
  context?.addEventListener('statechange', look);
  look();
  // With autoplay allowed this alone starts it; else it stays pending until `enable`.
  context?.resume().then(look, look);

  const queue: ChimeQueue = chimeQueue(
    () => (context === null ? Promise.resolve() : playChime(context)),
    {
      now_ms: () => performance.now(),
      after: (ms, then) => {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
    },
  );
  return {
    get state() {
      return state;
    },
    chime(key) {
      if (context?.state === 'running') queue.add(key);
    },
    enable() {
      context?.resume().then(look, look);
    },
    stop() {
      context?.removeEventListener('statechange', look);
      void context?.close();
    },
  };
}
