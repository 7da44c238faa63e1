import { describe, expect, it } from 'vitest';
import { JOB_STALE_MS, JOB_TIMEOUT_MS, JOBS_MAX, chimeQueue, type ChimeJob } from './chime';

/** A clock moved by hand, and a player whose jobs end when the test says so. */
function bench() {
  let now_ms = 0;
  let timers: { at: number; then: () => void }[] = [];
  const played: ChimeJob[] = [];
  const ends: (() => void)[] = [];
  const queue = chimeQueue(
    (job) => {
      played.push(job);
      return new Promise((resolve) => ends.push(resolve));
    },
    {
      now_ms: () => now_ms,
      after: (ms, then) => {
        const timer = { at: now_ms + ms, then };
        timers.push(timer);
        return () => (timers = timers.filter((t) => t !== timer));
      },
    },
  );
  const pass = (ms: number): void => {
    now_ms += ms;
    const due = timers.filter((t) => t.at <= now_ms);
    timers = timers.filter((t) => t.at > now_ms);
    for (const timer of due) timer.then();
  };
  return { queue, played, ends, pass };
}

describe('the chime queue', () => {
  it('plays one after another, never over each other', async () => {
    const { queue, played, ends } = bench();
    queue.add('one');
    queue.add('two');
    expect(played.map((job) => job.key)).toEqual(['one']);
    ends[0]?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(played.map((job) => job.key)).toEqual(['one', 'two']);
  });

  it('gives up a chime that hangs and goes on', () => {
    const { queue, played, pass } = bench();
    queue.add('hangs');
    queue.add('next');
    pass(JOB_TIMEOUT_MS);
    expect(played.map((job) => job.key)).toEqual(['hangs', 'next']);
  });

  it('drops chimes that waited too long to be true', () => {
    const { queue, played, pass } = bench();
    for (let n = 0; n < JOBS_MAX; n += 1) queue.add(`${n}`);
    for (let n = 0; n < 8; n += 1) pass(JOB_TIMEOUT_MS);
    expect(played.length).toBe(Math.floor(JOB_STALE_MS / JOB_TIMEOUT_MS) + 1);
  });

  it('is bounded', () => {
    const { queue } = bench();
    for (let n = 0; n < 50; n += 1) queue.add(`${n}`);
    expect(queue.length).toBe(JOBS_MAX + 1);
  });

  it('plays jobs that nobody can change', () => {
    const { queue, played } = bench();
    queue.add('one');
    expect(Object.isFrozen(played[0])).toBe(true);
  });
});
