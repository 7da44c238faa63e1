import { Refused, Unreachable } from '@khiw/ui-kit/api';
import { describe, expect, test, vi } from 'vitest';

import { display, settings } from '../devices/testing';
import { ScreenDesk } from './screen.svelte';

function office() {
  const kept = new Map<string, string>();
  const api = {
    site: vi.fn().mockResolvedValue({ id: 'hall', counters: [], zones: [] }),
    devices: vi.fn().mockResolvedValue({ devices: [display(), display({ id: 'k1', screen: null })] }),
    setScreen: vi.fn().mockResolvedValue({}),
  };
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  };
  const open = (id = 'd1') => new ScreenDesk('hall', id, { api, store });
  return { api, kept, open };
}

describe('the settings of a screen', () => {
  test('begin as the screen is set, with nothing changed', async () => {
    const { kept, open } = office();
    const desk = open();
    await desk.start();
    desk.keep();
    expect([desk.before, desk.is_changed, desk.groups, kept.size]).toEqual([settings(), false, ['hall'], 0]);
  });

  test('what was changed and not saved is there again after a reload', async () => {
    const { open } = office();
    const first = open();
    await first.start();
    if (first.draft !== null) first.draft.layout = 'queues';
    first.keep();
    const second = open();
    // The page may ask before there is anything to keep.
    second.keep();
    await second.start();
    expect([second.draft?.layout, second.is_changed]).toEqual(['queues', true]);
    second.drop();
    expect([second.draft?.layout, second.is_changed]).toEqual(['calls', false]);
  });

  test('a draft that cannot be read is no draft', async () => {
    const { kept, open } = office();
    kept.set('khiw.screen.hall/d1', '{"shape":0,"draft":{}}');
    const desk = open();
    await desk.start();
    expect(desk.draft?.layout).toBe('calls');
  });

  test('are sent whole, and then nothing is changed', async () => {
    const { api, kept, open } = office();
    const desk = open();
    await desk.start();
    if (desk.draft !== null) desk.draft.theme = 'light';
    desk.keep();
    api.devices.mockRejectedValueOnce(new Unreachable('network'));
    await desk.save();
    expect(api.setScreen).toHaveBeenCalledExactlyOnceWith('hall', 'd1', settings({ theme: 'light' }));
    expect([desk.saved, desk.is_changed, desk.problem, kept.size]).toEqual([true, false, null, 0]);
  });

  test('are not sent while something is wrong', async () => {
    const { api, open } = office();
    const desk = open();
    await desk.start();
    if (desk.draft !== null) desk.draft.distance_m = null;
    await desk.save();
    expect(api.setScreen).not.toHaveBeenCalled();
    expect(desk.wrong).toEqual(['distance']);
  });

  test('what the server refuses stands beside its field, and the draft stays', async () => {
    const { api, open } = office();
    const desk = open();
    await desk.start();
    if (desk.draft !== null) desk.draft.zones = ['moon'];
    api.setScreen.mockRejectedValueOnce(new Refused(422, 'invalid_screen', { field: 'zones' }, ''));
    await desk.save();
    expect([desk.saved, desk.wrong, desk.draft?.zones]).toEqual([false, ['zones'], ['moon']]);
  });

  test('a device that is gone or has no screen is told apart', async () => {
    const { open } = office();
    const [kiosk, gone] = [open('k1'), open('d9')];
    await Promise.all([kiosk.start(), gone.start()]);
    expect([kiosk.unknown, gone.unknown, gone.draft]).toEqual(['screen', 'device', null]);
  });
});
