// The frames of the live websocket, as types, and the one place where a text becomes one. An unknown type is legal
// (a newer server) and reported as `unknown`, so that older screens keep working.

import type {
  Alarm, Call, CounterDetail, CounterView, FrameType, NoticeCode, PublicTicket, QueueView,
  ScreenNow, ScreenOrder,
} from '../api/shapes';

export type { Call, NoticeCode } from '../api/shapes';

interface Stamped {
  /** `{journal}.{epoch}.{seq}`; handed back as `since`. Missing on transient frames. */
  position?: string;
  seq?: number;
  at?: string;
  /** The hall's time when the server sent the frame. */
  now: string;
}

/** The first frame of a topic; which fields it has depends on the topic. */
export interface SnapshotFrame extends Stamped {
  type: 'snapshot';
  calls?: Call[];
  queues?: QueueView[];
  announce_below_s?: number;
  simulated?: boolean;
  speed?: number;
  counter?: CounterDetail;
  counters?: CounterView[];
  alarms?: Alarm[];
  ticket?: PublicTicket;
}

export type Frame =
  | SnapshotFrame
  | (Stamped & { type: 'call' } & Call)
  | (Stamped & { type: 'withdrawn'; ticket: number; number: string; counter: string })
  | (Stamped & { type: 'counts'; queues: QueueView[] })
  | (Stamped & { type: 'counter'; counter: CounterDetail })
  | (Stamped & { type: 'ticket'; ticket: PublicTicket })
  | (Stamped & { type: 'notice'; code: NoticeCode; queue?: string | null })
  | (Stamped & { type: 'alarm'; alarm: Alarm })
  | (Stamped & { type: 'changed'; queues?: QueueView[]; counters?: CounterView[] })
  | (Stamped & { type: 'screen'; screen: ScreenNow })
  | (Stamped & { type: 'order'; order: ScreenOrder })
  | (Stamped & { type: 'heartbeat' })
  | (Stamped & { type: 'unknown' });

const KNOWN: ReadonlySet<string> = new Set<FrameType>([
  'snapshot', 'call', 'withdrawn', 'counts', 'counter', 'ticket', 'notice', 'alarm', 'changed',
  'screen', 'order', 'heartbeat',
]);

/** Null when the text is not a frame at all: the connection is then not to be trusted. */
export function parseFrame(text: string): Frame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof frame !== 'object' || frame === null) return null;
  const { type, now } = frame as { type?: unknown; now?: unknown };
  if (typeof type !== 'string' || typeof now !== 'string') return null;
  return KNOWN.has(type) ? (frame as Frame) : { ...(frame as Stamped), type: 'unknown' };
}
