import { Refused, Unreachable, type MediaView } from '@khiw/ui-kit/api';
import { describe, expect, test, vi } from 'vitest';

import { display } from '../devices/testing';
import { MediaDesk } from './media.svelte';
import { addNotice } from './shown';

const file = (id: string, type = 'image/png') => ({ id, name: `${id}.png`, type, bytes: 1, url: `/m/${id}`, failed_on: [] });
const seen = (changes: Partial<MediaView> = {}): MediaView => ({
  media: [file('m1'), file('m2', 'video/mp4')],
  playlist: [{ media: 'm1', shows_s: 10, zones: [] }],
  notices: [],
  bytes_used: 2,
  bytes_max: 100,
  ...changes,
});

function office() {
  const kept = new Map<string, string>();
  const api = {
    site: vi.fn().mockResolvedValue({ id: 'hall', time_zone: 'Asia/Bangkok', counters: [], zones: [] }),
    media: vi.fn().mockResolvedValue(seen()),
    devices: vi.fn().mockResolvedValue({ devices: [display()] }),
    deleteMedia: vi.fn().mockResolvedValue(seen({ media: [file('m2')], playlist: [] })),
    show: vi.fn((_site: string, shown: object) => Promise.resolve({ ...seen(), ...shown })),
  };
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  };
  return { api, kept, open: () => new MediaDesk('hall', { api: api as never, store }) };
}

describe('the media page', () => {
  test('what nobody has changed here follows what is shown', async () => {
    const { api, open } = office();
    const desk = open();
    await desk.look();
    api.media.mockResolvedValue(seen({ playlist: [] }));
    await desk.look();
    expect([desk.draft?.playlist, desk.is_changed]).toEqual([[], false]);
  });

  test('a draft outlives looks and a reload of the window', async () => {
    const { api, open } = office();
    const desk = open();
    await desk.look();
    desk.add('m2');
    desk.keep();
    api.media.mockResolvedValue(seen({ bytes_used: 3 }));
    await desk.look();
    expect(desk.draft?.playlist.map(({ media }) => media)).toEqual(['m1', 'm2']);
    const again = open();
    await again.look();
    expect([again.is_changed, again.draft?.playlist.length]).toEqual([true, 2]);
    again.drop();
    expect([again.is_changed, again.draft?.playlist.length]).toEqual([false, 1]);
  });

  test('is shown from the moment it is saved, and nothing is changed then', async () => {
    const { api, kept, open } = office();
    const desk = open();
    await desk.look();
    desk.add('m2');
    desk.keep();
    await desk.save();
    expect(api.show).toHaveBeenCalledOnce();
    expect([desk.saved, desk.is_changed, kept.size]).toEqual([true, false, 0]);
  });

  test('is not sent while something is wrong; what the server refuses is marked', async () => {
    const { api, open } = office();
    const desk = open();
    await desk.look();
    const [first] = desk.draft?.playlist ?? [];
    if (first !== undefined) first.shows_s = null;
    await desk.save();
    expect([api.show.mock.calls.length, desk.wrong, desk.tried]).toEqual([0, ['playlist[0].shows_s'], true]);
    if (first !== undefined) [first.shows_s, first.zones] = [20, ['moon']];
    api.show.mockRejectedValueOnce(new Refused(422, 'invalid_value', { field: 'playlist[0].zones' }, ''));
    await desk.save();
    expect([desk.saved, desk.wrong]).toEqual([false, ['playlist[0].zones']]);
    await desk.save();
    expect([desk.saved, desk.wrong, desk.tried]).toEqual([true, [], false]);
  });

  test('a message nobody has written yet is no mistake until somebody wants to use it', async () => {
    const { api, open } = office();
    const desk = open();
    await desk.look();
    if (desk.draft !== null) addNotice(desk.draft, 'ticker');
    expect([desk.wrong, desk.marked]).toEqual([['notices[0].text'], []]);
    await desk.save();
    expect([api.show.mock.calls.length, desk.marked]).toEqual([0, ['notices[0].text']]);
    desk.drop();
    expect([desk.tried, desk.marked]).toEqual([false, []]);
  });

  test('a deleted file leaves the draft too, and nothing else of it', async () => {
    const { open } = office();
    const desk = open();
    await desk.look();
    desk.add('m2');
    await desk.delete('m1');
    expect(desk.draft?.playlist.map(({ media }) => media)).toEqual(['m2']);
    expect(desk.view?.media).toHaveLength(1);
  });

  test('screens are told by their names, unless these cannot be had', async () => {
    const { api, open } = office();
    api.devices.mockRejectedValueOnce(new Unreachable('network'));
    const desk = open();
    await desk.look();
    expect([desk.reachable, desk.names(['d1'])]).toEqual([true, 'd1']);
    await desk.look();
    expect(desk.names(['d1', 'd9'])).toBe('Front door, d9');
  });
});
