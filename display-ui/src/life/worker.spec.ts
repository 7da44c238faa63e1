// The service worker, run as it is served, in a room with a network and caches of the test's own.
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

const script = readFileSync(new URL('../../public/sw.js', import.meta.url), 'utf8');
const HALL = 'https://hall.test';
const MIB = 1024 * 1024;

/** Body of a file of so many bytes, without having them. */
function sized(bytes: number): Blob {
  return Object.defineProperty(new Blob(['x']), 'size', { value: bytes });
}

function room() {
  const shelves = new Map<string, Map<string, Response>>();
  const listeners = new Map<string, (event: unknown) => void>();
  const files = new Map<string, number>();
  const asked: string[] = [];
  let away = false;

  const open = async (name: string) => {
    const kept = shelves.get(name) ?? new Map<string, Response>();
    shelves.set(name, kept);
    return {
      keys: async () => [...kept.keys()].map((url) => ({ url })),
      match: async ({ url }: { url: string }) => kept.get(url),
      put: async (url: string, response: Response) => void kept.set(url, response),
      delete: async (url: string) => kept.delete(url),
    };
  };
  const match = async (url: string) => [...shelves.values()].map((kept) => kept.get(url)).find((found) => found !== undefined);
  const fetched = async (request: { url: string } | URL) => {
    const url = 'url' in request ? request.url : request.href;
    asked.push(url);
    const bytes = files.get(new URL(url).pathname);
    if (away) throw new TypeError('away');
    const answer = new Response('x', { status: bytes === undefined ? 404 : 200 });
    const blob = async () => sized(bytes ?? 1);
    return Object.assign(answer, { blob, clone: () => Object.assign(new Response('x'), { blob }) });
  };
  const self = { addEventListener: (type: string, run: (event: unknown) => void) => listeners.set(type, run), location: { origin: HALL } };
  runInNewContext(script, { self, caches: { open, match }, fetch: fetched, URL, Map, Headers, Response, AbortSignal, Promise });

  /** Null: the worker leaves it to the browser. */
  async function get(path: string, { mode = 'cors', range = false } = {}): Promise<Response | null> {
    let answer: Promise<Response> | null = null;
    const later: Promise<unknown>[] = [];
    const headers = new Headers(range ? { range: 'bytes=0-' } : {});
    listeners.get('fetch')?.({
      request: { url: HALL + path, method: 'GET', mode, headers },
      respondWith: (given: Promise<Response>) => (answer = given),
      waitUntil: (work: Promise<unknown>) => later.push(work),
    });
    const response = answer === null ? null : await answer;
    await Promise.all(later);
    return response;
  }
  const paths = () => [...shelves.values()].flatMap((kept) => [...kept.keys()]).map((url) => new URL(url).pathname);
  return { get, files, paths, asked, goAway: () => (away = true) };
}

const clip = (n: number): string => `/api/v1/sites/hall/voices/th/clips/${n}.ogg`;
const medium = (n: number): string => `/api/v1/sites/hall/media/${n}`;

describe('the service worker', () => {
  it('starts the page while the server is away', async () => {
    const { get, files, goAway } = room();
    files.set('/display/hall', 10);
    await get('/display/hall', { mode: 'navigate' });
    goAway();
    expect((await get('/display/hall', { mode: 'navigate' }))?.status).toBe(200);
    await expect(get('/display/other', { mode: 'navigate' })).rejects.toThrow('away');
  });

  it.each([clip(1), medium(1), '/assets/display-ui/index-abc.js'])('asks for %s once', async (path) => {
    const { get, files, asked } = room();
    files.set(path, 10);
    await get(path);
    await get(path);
    expect(asked).toHaveLength(1);
  });

  it.each(['/api/v1/sites/hall', '/api/v1/sites/hall/shown', '/api/v1/sites/hall/voices', '/assets/kiosk-ui/a.js'])(
    'leaves %s to the network',
    async (path) => {
      expect(await room().get(path)).toBeNull();
    },
  );

  it('leaves a part of a file to the network', async () => {
    expect(await room().get(medium(1), { range: true })).toBeNull();
  });

  it('keeps no refusal', async () => {
    const { get, paths } = room();
    expect((await get(clip(404)))?.status).toBe(404);
    expect(paths()).toEqual([]);
  });

  it('lets the oldest media go when they are more than a gibibyte, and no voice for them', async () => {
    const { get, files, paths } = room();
    files.set(clip(1), 20_000);
    await get(clip(1));
    for (const n of [1, 2, 3]) {
      files.set(medium(n), 400 * MIB);
      await get(medium(n));
    }
    expect(paths()).toEqual([clip(1), medium(2), medium(3)]);
  });

  it('keeps at most a hundred media', async () => {
    const { get, files, paths } = room();
    for (let n = 0; n < 103; n += 1) {
      files.set(medium(n), 1);
      await get(medium(n));
    }
    expect(paths()).toHaveLength(100);
    expect(paths()[0]).toBe(medium(3));
  });

  it('does not keep what alone is more than it may hold', async () => {
    const { get, files, paths } = room();
    files.set(medium(1), 1025 * MIB);
    expect((await get(medium(1)))?.status).toBe(200);
    expect(paths()).toEqual([]);
  });
});
