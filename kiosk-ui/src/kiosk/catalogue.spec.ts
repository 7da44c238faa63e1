// Stories of the kiosk's first questions: what stands between switching on and a first screen.
import { type Api, type ServiceList, type SiteView, Unreachable } from '@khiw/ui-kit/api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Catalogue } from './catalogue.svelte';

interface Hall {
  agencies: number[];
  site?: 'answers' | 'silent' | 'away';
  services?: 'answers' | 'silent' | 'away';
}

const started: (() => void)[] = [];

/** A kiosk of a hall whose agencies have so many services each. */
function kiosk({ agencies, site = 'answers', services = 'answers' }: Hall) {
  const asked: string[] = [];
  const answer = <T>(name: string, how: string, what: unknown): Promise<T> => {
    asked.push(name);
    if (how === 'silent') return new Promise<T>(() => undefined);
    return how === 'away' ? Promise.reject(new Unreachable('network')) : Promise.resolve(what as T);
  };
  const total = agencies.reduce((sum, one) => sum + one, 0);
  const view = {
    now: '2026-12-02T09:41:00+07:00', speed: 1, queues: [],
    agencies: agencies.map((count, n) => ({ id: `g${n}`, name: {}, services: count })),
  };
  const list = Array.from({ length: Math.min(total, 200) }, (_, n) => ({ id: `s${n}`, agency: 'g0', queue: 'a' }));
  const api = {
    site: () => answer<SiteView>('site', site, view),
    services: (_: string, wanted: { agency?: string }) =>
      answer<ServiceList>(`services of ${wanted.agency ?? 'all'}`, services, { services: list, total }),
  } as unknown as Api;
  const catalogue = new Catalogue(api, 'hall');
  started.push(catalogue.start());
  return { asked, catalogue };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('location', { origin: 'http://khiw.test' });
});
afterEach(() => {
  for (const stop of started.splice(0)) stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
const answersArrive = () => vi.advanceTimersByTimeAsync(0);

describe('the first screen', () => {
  test('asks for the hall and its services in one round', () => {
    expect(kiosk({ agencies: [6] }).asked).toEqual(['services of all', 'site']);
  });

  test('of a small hall waits for its services and asks for them once', async () => {
    const { asked, catalogue } = kiosk({ agencies: [6] });
    expect(catalogue.presentable).toBe(false);
    await answersArrive();
    expect(catalogue.presentable).toBe(true);
    expect(catalogue.services(null)).toHaveLength(6);
    expect(asked).toEqual(['services of all', 'site']);
  });

  test('of a hall with agencies stands without services', async () => {
    const { catalogue } = kiosk({ agencies: [20, 20], services: 'silent' });
    await answersArrive();
    expect(catalogue.presentable).toBe(true);
  });

  test('of a large hall does not take the first services for all of them', async () => {
    const { asked, catalogue } = kiosk({ agencies: [700, 700] });
    await answersArrive();
    expect(catalogue.presentable).toBe(true);
    expect(catalogue.services('g0')).toBeNull();
    catalogue.want('g0');
    await answersArrive();
    expect(asked).toEqual(['services of all', 'site', 'services of g0']);
    expect(catalogue.services('g0')).not.toBeNull();
  });

  test('does not wait for a server that is away', async () => {
    const { catalogue } = kiosk({ agencies: [6], site: 'away', services: 'away' });
    await answersArrive();
    expect(catalogue).toMatchObject({ presentable: true, unreachable: true, site: null });
  });

  test('says that it cannot have the services when only these fail', async () => {
    const { catalogue } = kiosk({ agencies: [6], services: 'away' });
    await answersArrive();
    expect(catalogue).toMatchObject({ presentable: true, unreachable: true });
  });

  test('loses patience with a silent server', async () => {
    const { catalogue } = kiosk({ agencies: [6], site: 'silent', services: 'silent' });
    await vi.advanceTimersByTimeAsync(999);
    expect(catalogue.presentable).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(catalogue).toMatchObject({ presentable: true, unreachable: false });
  });
});
