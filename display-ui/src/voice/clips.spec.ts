import { describe, expect, test } from 'vitest';

import { Clips, DECODED_MAX_S } from './clips';

function cupboard({ duration = 1, broken = [] as string[], away = new Set<string>() } = {}) {
  const fetched: string[] = [];
  const told: string[] = [];
  const urls = new Map<ArrayBuffer, string>();
  let ready = 0;
  const clips = new Clips({
    fetch: (url) => {
      fetched.push(url);
      if (away.has(url)) return Promise.reject(new TypeError('no network'));
      const bytes = new ArrayBuffer(1);
      urls.set(bytes, url);
      return Promise.resolve(bytes);
    },
    decode: (bytes) => {
      const url = urls.get(bytes) ?? '';
      return broken.includes(url) ? Promise.reject(new Error('no sound')) : Promise.resolve({ duration, url });
    },
    broken: (url) => told.push(url),
    ready: () => (ready += 1),
  });
  return { clips, fetched, told, away, ready: () => ready };
}

describe('clips', () => {
  test('are fetched and decoded once, however many ask', async () => {
    const { clips, fetched } = cupboard();
    const [one, same] = await Promise.all([clips.get('/1'), clips.get('/1')]);
    expect(one).toBe(same);
    expect(await clips.get('/1')).toBe(one);
    expect(fetched).toEqual(['/1']);
  });

  test('are told to be at hand when they are, and only then', async () => {
    const { clips, ready } = cupboard({ broken: ['/2'], away: new Set(['/3']) });
    const coming = Promise.all(['/1', '/2', '/3'].map((url) => clips.get(url)));
    expect([clips.has('/1'), ready()]).toEqual([false, 0]);
    await coming;
    expect([ready(), ...['/1', '/2', '/3'].map((url) => clips.has(url))]).toEqual([1, true, false, false]);
  });

  test('one that is no sound is told once and not tried again', async () => {
    const { clips, fetched, told } = cupboard({ broken: ['/1'] });
    expect([await clips.get('/1'), await clips.get('/1')]).toEqual([null, null]);
    expect([fetched, told]).toEqual([['/1'], ['/1']]);
  });

  test('one that cannot be fetched now is not broken', async () => {
    const { clips, told, away } = cupboard({ away: new Set(['/1']) });
    expect(await clips.get('/1')).toBeNull();
    away.clear();
    expect(await clips.get('/1')).not.toBeNull();
    expect(told).toEqual([]);
  });

  test('what is kept is bounded; the least lately used goes first', async () => {
    const { clips, fetched } = cupboard({ duration: DECODED_MAX_S / 3 });
    for (const url of ['/1', '/2', '/3', '/1', '/4']) await clips.get(url);
    expect(clips.kept_s).toBeLessThanOrEqual(DECODED_MAX_S);
    await clips.get('/1');
    expect(fetched).toEqual(['/1', '/2', '/3', '/4']);
    await clips.get('/2');
    expect(fetched.at(-1)).toBe('/2');
  });

  test('preparing fetches all for the browser’s cache, and keeps what finds room', async () => {
    const { clips, fetched } = cupboard({ duration: DECODED_MAX_S / 2 });
    await clips.prepare(['/1', '/2', '/3']);
    expect(fetched).toEqual(['/1', '/2', '/3']);
    expect(clips.kept_s).toBe(DECODED_MAX_S);
  });

  test('a newer list of clips takes the place of the one being prepared', async () => {
    const { clips, fetched } = cupboard();
    await Promise.all([clips.prepare(['/1', '/2', '/3']), clips.prepare(['/4'])]);
    expect(fetched).toEqual(['/1', '/4']);
  });
});
