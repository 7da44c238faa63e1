import { describe, expect, it } from 'vitest';

import type { MediaItem } from './programme';
import { AGAIN_MS, BEGINS_WITHIN_MS, Projector } from './projector.svelte';

const item = (id: string, type: MediaItem['type'] = 'image/png'): MediaItem => ({
  id, url: `/m/${id}`, type, shows_s: 10, from_ms: null, to_ms: null, zones: [],
});

/** Files, object URLs and timers in the test's hand. */
function room(missing: string[] = []) {
  const held = new Set<string>();
  let timer: { ms: number; then: () => void } | null = null;
  let loads = 0;
  const projector = new Projector({
    load: async (url) => {
      loads += 1;
      if (missing.includes(url)) throw new Error('404');
      return new Blob([url]);
    },
    hold(blob) {
      const url = `blob:${held.size}/${blob.size}/${loads}`;
      held.add(url);
      return url;
    },
    release: (url) => void held.delete(url),
    after(ms, then) {
      timer = { ms, then };
      return () => (timer = null);
    },
  });
  const settled = async () => {
    for (let n = 0; n < 12; n += 1) await Promise.resolve();
  };
  return {
    projector,
    held,
    missing,
    loads: () => loads,
    due: () => timer?.ms ?? null,
    settled,
    async pass() {
      timer?.then();
      await settled();
    },
    async show(...items: MediaItem[]) {
      projector.show(items);
      await settled();
    },
  };
}

describe('the projector', () => {
  it('shows one after another, round and round, and holds one file at a time', async () => {
    const { projector, held, pass, show, due } = room();
    await show(item('a'), item('b'));
    const seen = [];
    for (let n = 0; n < 3; n += 1) {
      seen.push(projector.slide?.item.id);
      expect([held.size, due()]).toEqual([1, 10_000]);
      await pass();
    }
    expect(seen).toEqual(['a', 'b', 'a']);
  });

  it('passes over a file that cannot be had, at once, and names it', async () => {
    const { projector, show } = room(['/m/a']);
    await show(item('a'), item('b'));
    expect(projector.slide?.item.id).toBe('b');
    expect(projector.failed).toEqual(['a']);
  });

  it('passes over a file that the browser cannot show', async () => {
    const { projector, show, settled } = room();
    await show(item('a'), item('b'));
    projector.broke('a');
    await settled();
    expect(projector.slide?.item.id).toBe('b');
    expect(projector.failed).toEqual(['a']);
  });

  it('passes over a video that does not begin, and lets one that does end by itself', async () => {
    const { projector, show, due, pass, settled } = room();
    await show(item('v', 'video/mp4'), item('a'));
    expect(due()).toBe(BEGINS_WITHIN_MS);
    projector.began();
    projector.ended();
    await settled();
    expect(projector.slide?.item.id).toBe('a');
    await pass();
    await pass();
    expect(projector.failed).toEqual(['v']);
    expect(projector.slide?.item.id).toBe('a');
  });

  it('shows nothing when every file is broken, holds nothing, and looks again later', async () => {
    const { projector, held, missing, show, due, pass } = room(['/m/a']);
    await show(item('a'));
    expect([projector.slide, held.size, due()]).toEqual([null, 0, AGAIN_MS]);
    missing.length = 0;
    await pass();
    expect(projector.slide).toMatchObject({ item: { id: 'a' } });
    expect(projector.failed).toEqual([]);
  });

  it('does not fetch the only picture again and again', async () => {
    const { show, pass, loads } = room();
    await show(item('a'));
    await pass();
    await pass();
    expect(loads()).toBe(1);
  });

  it('goes on when the list changes around what stands, and at once when that is gone', async () => {
    const { projector, show, loads } = room();
    await show(item('a'), item('b'));
    await show(item('a'), item('c'));
    expect([projector.slide?.item.id, loads()]).toEqual(['a', 1]);
    await show(item('c'));
    expect(projector.slide?.item.id).toBe('c');
    await show();
    expect(projector.slide).toBeNull();
  });

  it('leaves nothing behind when stopped', async () => {
    const { projector, held, show, due } = room();
    await show(item('a'));
    projector.stop();
    expect([projector.slide, held.size, due()]).toEqual([null, 0, null]);
  });
});
