import { Refused, Unreachable, type Alarm } from '@khiw/ui-kit/api';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { staffWords } from '../words';
import { AlarmWatch } from './alarms.svelte';
import { standing, tell, type Place } from './standing';

const alarm = (changes: Partial<Alarm> = {}): Alarm => ({
  id: 'printer-door',
  source: 'printer',
  severity: 'warn',
  since: '2026-11-02T02:00:00Z',
  facts: { printer: 'door', state: 'paper_out' },
  acknowledged_by: null,
  escalated: false,
  cleared: null,
  ...changes,
});
const names = { agency: (id: string) => `agency ${id}`, queue: (id: string) => `queue ${id}` };

let now_ms = 0;
beforeEach(() => (now_ms = 0));

function bench(place: Place, alarms: Alarm[]) {
  const api = {
    alarms: vi.fn(() => Promise.resolve(alarms)),
    acknowledge: vi.fn((_site: string, _alarm: string) => Promise.resolve(alarm())),
    site: vi.fn().mockResolvedValue({ agencies: [], queues: [] }),
  };
  const bell = { audible: true, ring: vi.fn() };
  const watch = new AlarmWatch('hall', place, { api: api as never, bell, now_ms: () => now_ms });
  const after = (ms: number): Promise<void> => ((now_ms += ms), watch.look());
  return { api, bell, watch, after };
}

describe('the bell', () => {
  it('sounds at once, again after a while, and for another alarm in between', async () => {
    const alarms = [alarm()];
    const { bell, after } = bench('watch', alarms);
    await after(0);
    await after(3_000);
    expect(bell.ring).toHaveBeenCalledTimes(1);
    alarms.push(alarm({ id: 'printer-desk' }));
    await after(3_000);
    expect(bell.ring).toHaveBeenCalledTimes(2);
    await after(20_000);
    expect(bell.ring).toHaveBeenCalledTimes(3);
  });

  it('sounds as soon as the page was touched, for what came before', async () => {
    const { bell, after } = bench('watch', [alarm()]);
    bell.audible = false;
    await after(0);
    expect(bell.ring).not.toHaveBeenCalled();
    bell.audible = true;
    await after(3_000);
    expect(bell.ring).toHaveBeenCalledTimes(1);
  });

  it('falls silent when somebody goes, and when it is mended', async () => {
    for (const over of [{ acknowledged_by: 'k3f9' }, { cleared: '2026-11-02T02:01:00Z' }]) {
      const alarms = [alarm()];
      const { bell, after } = bench('watch', alarms);
      await after(0);
      alarms[0] = alarm(over);
      await after(60_000);
      expect(bell.ring).toHaveBeenCalledTimes(1);
    }
  });

  it('leaves a counter in peace until nobody went elsewhere, and never sounds for a note', async () => {
    const alarms = [alarm(), alarm({ id: 'hall-promise-a', source: 'promise', severity: 'info' })];
    const { bell, after, watch } = bench('counter', alarms);
    await after(0);
    expect(bell.ring).not.toHaveBeenCalled();
    alarms[0] = alarm({ escalated: true });
    await after(3_000);
    expect(bell.ring).toHaveBeenCalledTimes(1);
    expect(watch.escalated).toHaveLength(1);
    expect(watch.serious).toHaveLength(1);
  });
});

describe('taking an alarm', () => {
  it('is sent once, and looked at again', async () => {
    const { api, watch } = bench('watch', [alarm()]);
    await Promise.all([watch.take('printer-door'), watch.take('printer-door')]);
    expect(api.acknowledge).toHaveBeenCalledExactlyOnceWith('hall', 'printer-door');
    expect(api.alarms).toHaveBeenCalledOnce();
  });

  it('one that is mended meanwhile is no trouble, a refusal is', async () => {
    const { api, watch } = bench('watch', [alarm()]);
    api.acknowledge.mockRejectedValue(new Refused(404, 'unknown_alarm', {}, 'gone'));
    await watch.take('printer-door');
    expect(watch.problem).toBeNull();
    api.acknowledge.mockRejectedValue(new Refused(403, 'forbidden', {}, 'not you'));
    await watch.take('printer-door');
    expect((watch.problem as Refused).code).toBe('forbidden');
  });

  it('what was known stays while the server is away', async () => {
    const { api, watch } = bench('watch', [alarm()]);
    await watch.look();
    api.alarms.mockRejectedValue(new Unreachable('network'));
    await watch.look();
    expect([watch.reachable, watch.alarms?.length]).toEqual([false, 1]);
  });
});

describe('the list', () => {
  it('begins with what is nobody’s and worst', () => {
    const listed = standing([
      alarm({ id: 'taken', severity: 'stop', acknowledged_by: 'k3f9' }),
      alarm({ id: 'note', severity: 'info' }),
      alarm({ id: 'younger', since: '2026-11-02T03:00:00Z' }),
      alarm({ id: 'gone', cleared: '2026-11-02T02:01:00Z' }),
      alarm({ id: 'older' }),
      alarm({ id: 'worst', severity: 'stop' }),
    ]);
    expect(listed.map(({ id }) => id)).toEqual(['worst', 'older', 'younger', 'note', 'taken']);
  });

  it('says each in words, with names instead of ids', () => {
    const words = staffWords('en', 'UTC');
    const what = (changes: Partial<Alarm>): string => tell(alarm(changes), words, names).what;
    expect(what({})).toBe('door: Out of paper');
    expect(what({ facts: { printer: 'door', state: 'unheard_of' } })).toBe('door: Unknown');
    expect(what({ source: 'paper', facts: { printer: 'door', waiting: 3 } })).toBe('door: papers that wait: 3');
    expect(what({ source: 'paper', facts: { failed: 1, uncertain: 1 } })).toMatch(/2 visitors/);
    expect(what({ source: 'clock', facts: { off_s: -3_700 } })).toMatch(/61 min/);
    expect(what({ source: 'disk', facts: { standing: 'spool' } })).toMatch(/Papers cannot be stored/);
    expect(what({ source: 'disk', facts: { standing: 'in_doubt' } })).toMatch(/cannot be stored now/);
    expect(what({ source: 'agency', facts: { agency: 'land' } })).toMatch(/^agency land:/);
    expect(what({ source: 'promise', facts: { queue: 'a' } })).toMatch(/^queue a:/);
    const screen = (facts: Alarm['facts']): string => what({ source: 'screen', facts: { name: 'Stairs', ...facts } });
    expect(screen({ state: 'gone' })).toMatch(/Stairs” is not connected/);
    expect(screen({ state: 'silent' })).toMatch(/no sound/);
    expect(screen({ overflowed: 3 })).toMatch(/3 calls/);
    expect(screen({ media_failed: ['film'] })).toMatch(/pictures/);
    expect(screen({ clips_failed: ['th/polite'] })).toMatch(/cannot play some words/);
  });
});
