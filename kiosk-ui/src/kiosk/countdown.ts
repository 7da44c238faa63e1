// When the kiosk forgets a visitor who has gone. Machine time, not the hall's: patience is not simulated.

/** Other pages: forgotten after this, announced for the last part of it. */
export const IDLE_AFTER_MS = 45_000;
export const ANNOUNCED_FOR_MS = 15_000;
/** The ticket page counts visibly from the start. */
export const TICKET_FOR_MS = 15_000;
/** Without paper people need time to write the number down. */
export const NO_PAPER_FOR_MS = 40_000;

export type Waiting = 'nothing' | 'idle' | 'ticket' | 'ticket_without_paper';

const LASTS_MS: Record<Exclude<Waiting, 'nothing'>, number> = {
  idle: IDLE_AFTER_MS,
  ticket: TICKET_FOR_MS,
  ticket_without_paper: NO_PAPER_FOR_MS,
};

export interface Countdown {
  /** Whole seconds to show; null while nothing should be shown. */
  shown_s: number | null;
  over: boolean;
}

/** `quiet_ms`: since the last touch, or since the page began or its paper changed. */
export function countdown(waiting: Waiting, quiet_ms: number): Countdown {
  if (waiting === 'nothing') return { shown_s: null, over: false };
  const left_ms = LASTS_MS[waiting] - quiet_ms;
  const shown = waiting !== 'idle' || left_ms <= ANNOUNCED_FOR_MS;
  return { shown_s: shown ? Math.max(0, Math.ceil(left_ms / 1000)) : null, over: left_ms <= 0 };
}
