// The announcements of one screen, strictly one after another. Pure: what happens and the time in, the next queue and
// what to begin out. Times are the page's monotonic milliseconds.
// Must not play, and must not drop a call because it is old: what is too old to be said is not given to it.

import { callKey } from '../lobby/board';
import type { Call } from '../lobby/wire';
import type { ChimeKind } from './chimes';
import { lengthOf, overflowJob, without, type Job, type Part, type Role } from './job';

export const WAITING_MAX = 20;
/** More speech waiting than this: repeats go first, then second languages. */
export const BEHIND_MAX_MS = 20_000;
export const CHIME_TIMEOUT_MS = 5_000;
export const SPEECH_TIMEOUT_MS = 15_000;
/** Calls remembered, so that none is announced twice; far more than any snapshot lists. */
export const KNOWN_MAX = 1_000;

export type Sound =
  | { readonly kind: 'chime'; readonly chime: ChimeKind }
  | { readonly kind: 'speech'; readonly part: Part };

/** `missing`: a word has no sound after all; `failed`: nothing was heard in time. */
export type Outcome = 'sounded' | 'missing' | 'failed';

export interface UnderWay {
  readonly job: Job;
  /** Index of the part that sounds; -1: its chime. */
  readonly at: number;
  readonly due_ms: number;
  readonly chimed: boolean;
  readonly failed: boolean;
  /** Its calls have been told as spoken. */
  readonly told: boolean;
}

export interface Queue {
  readonly current: UnderWay | null;
  /** Oldest first. */
  readonly waiting: readonly Job[];
  /** Oldest first. */
  readonly known: ReadonlySet<string>;
  /** Calls that became a mere chime because too many waited. */
  readonly overflowed: number;
}

export const SILENCE: Queue = { current: null, waiting: [], known: new Set(), overflowed: 0 };

export interface Step {
  readonly queue: Queue;
  /** To begin now. */
  readonly begin: Sound | null;
  /** What sounds has had its time: end it before anything begins. */
  readonly cut: boolean;
  /** Calls that have been heard whole, once each. */
  readonly spoken: readonly string[];
}

const still = (queue: Queue): Step => ({ queue, begin: null, cut: false, spoken: [] });

/** Takes these calls as announced, by whomever. */
export function know(queue: Queue, keys: readonly string[]): Queue {
  const known = new Set([...queue.known, ...keys]);
  for (const oldest of known) {
    if (known.size <= KNOWN_MAX) break;
    known.delete(oldest);
  }
  return { ...queue, known };
}

/** Puts announcements behind those that wait. A call is made into one only once, ever. */
export function announce(queue: Queue, jobs: readonly Job[], now_ms: number): Step {
  let step = still(queue);
  for (const job of jobs) {
    const { queue: next, begin: first } = begin(add(step.queue, job), now_ms);
    step = { ...step, queue: next, begin: step.begin ?? first };
  }
  return { ...step, queue: thin(step.queue) };
}

function add(queue: Queue, job: Job): Queue {
  if (job.keys.some((key) => queue.known.has(key))) return queue;
  const known = know(queue, job.keys);
  const { waiting } = known;
  if (job.hurried && waiting.length > 0) return known;
  if (waiting.length < WAITING_MAX) return { ...known, waiting: [...waiting, job] };
  return overflow(known, job);
}

/** One chime at the end stands for all that find no place, so the queue is bounded whatever comes. */
function overflow(queue: Queue, job: Job): Queue {
  const { waiting } = queue;
  const last = waiting.at(-1);
  const stands = last !== undefined && waiting.length > WAITING_MAX;
  const keys = stands ? [...last.keys, ...job.keys].slice(-WAITING_MAX) : job.keys;
  const before = stands ? waiting.slice(0, -1) : waiting;
  return { ...queue, waiting: [...before, overflowJob(keys)], overflowed: queue.overflowed + job.keys.length };
}

/** What has not begun and no longer holds is dropped; what is being said is finished. */
export function withdraw(queue: Queue, isGone: (call: Call) => boolean): Queue {
  const waiting = queue.waiting.filter(({ call }) => call === null || !isGone(call));
  return waiting.length === queue.waiting.length ? queue : { ...queue, waiting };
}

/** Nothing of what waits will sound. */
export function hush(queue: Queue): Queue {
  return queue.waiting.length === 0 ? queue : { ...queue, waiting: [] };
}

/** Leaves what waits to another screen: these calls are no longer known here, and may be announced later. */
export function handOver(queue: Queue): { queue: Queue; calls: Call[] } {
  if (queue.waiting.length === 0) return { queue, calls: [] };
  const calls = queue.waiting.flatMap(({ call }) => call ?? []);
  const known = new Set(queue.known);
  for (const call of calls) known.delete(callKey(call));
  return { queue: { ...queue, waiting: [], known }, calls };
}

/** What was begun has ended. */
export function ended(queue: Queue, outcome: Outcome, now_ms: number): Step {
  const { current } = queue;
  if (current === null) return still(queue);
  const after = afterSound(current, outcome);
  const part = current.job.parts[current.at + 1];
  const over = part === undefined;
  const chime_stands_for_it = over && !after.told && after.chimed && !after.failed;
  const spoken = (after.told && !current.told) || chime_stands_for_it ? current.job.keys : [];
  if (over) return { ...begin({ ...queue, current: null }, now_ms), spoken };
  const next = { ...after, at: current.at + 1, due_ms: now_ms + SPEECH_TIMEOUT_MS };
  return { queue: { ...queue, current: next }, begin: { kind: 'speech', part }, cut: false, spoken };
}

function afterSound(current: UnderWay, outcome: Outcome): UnderWay {
  const sounded = outcome === 'sounded';
  const is_chime = current.at < 0;
  return {
    ...current,
    chimed: current.chimed || (is_chime && sounded),
    failed: current.failed || outcome === 'failed',
    told: current.told || (!is_chime && sounded),
  };
}

/** Ends what has had its time. */
export function tick(queue: Queue, now_ms: number): Step {
  if (queue.current === null || now_ms < queue.current.due_ms) return still(queue);
  return { ...ended(queue, 'failed', now_ms), cut: true };
}

/** The call whose turn it is. */
export function turnOf(queue: Queue): string | null {
  return queue.current?.job.keys.at(-1) ?? null;
}

function begin(queue: Queue, now_ms: number): Step {
  const [job, ...waiting] = queue.waiting;
  if (queue.current !== null || job === undefined) return still(queue);
  const current = { job, at: -1, due_ms: now_ms + CHIME_TIMEOUT_MS, chimed: false, failed: false, told: false };
  return { queue: { ...queue, current, waiting }, begin: { kind: 'chime', chime: job.chime }, cut: false, spoken: [] };
}

/** How much is still to be said, without what sounds now. */
export function behindMs(queue: Queue): number {
  const rest = unsaid(queue).reduce((sum, part) => sum + part.length_ms, 0);
  return queue.waiting.reduce((sum, job) => sum + lengthOf(job), rest);
}

function unsaid({ current }: Queue): readonly Part[] {
  return current === null ? [] : current.job.parts.slice(current.at + 1);
}

/** Makes it shorter while it is too long: the oldest first, since it holds up all others. Calls stay. */
function thin(queue: Queue): Queue {
  let thinned = queue;
  for (const role of ['repeat', 'second'] satisfies Role[]) {
    while (behindMs(thinned) > BEHIND_MAX_MS) {
      const shorter = leaveOut(thinned, role);
      if (shorter === null) break;
      thinned = shorter;
    }
  }
  return thinned;
}

function leaveOut(queue: Queue, role: Role): Queue | null {
  const { current, waiting } = queue;
  const own = unsaid(queue).find((part) => part.role === role);
  if (current !== null && own !== undefined) {
    return { ...queue, current: { ...current, job: without(current.job, own) } };
  }
  for (const [index, job] of waiting.entries()) {
    const part = job.parts.find((one) => one.role === role);
    if (part !== undefined) return { ...queue, waiting: replaced(waiting, index, without(job, part)) };
  }
  return null;
}

/** `Array.with` is younger than many a television's browser. */
function replaced(jobs: readonly Job[], index: number, job: Job): Job[] {
  return jobs.map((one, at) => (at === index ? job : one));
}
