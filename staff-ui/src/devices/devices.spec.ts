import { Refused, Unreachable } from '@khiw/ui-kit/api';
import { describe, expect, test, vi } from 'vitest';

import { DevicesDesk } from './devices.svelte';
import { display } from './testing';

function office() {
  const api = {
    site: vi.fn().mockResolvedValue({ id: 'hall', counters: [], zones: [] }),
    devices: vi.fn().mockResolvedValue({ devices: [display()] }),
    approveDevice: vi.fn().mockResolvedValue({}),
    changeDevice: vi.fn().mockResolvedValue({}),
    reloadDevice: vi.fn().mockResolvedValue(null),
    rotateDevice: vi.fn().mockResolvedValue({ token: null }),
    revokeDevice: vi.fn().mockResolvedValue(null),
    prompts: vi.fn().mockResolvedValue({ prompts: [{ token: 'polite', text: 'ค่ะ' }] }),
  };
  return { api, desk: new DevicesDesk('hall', api) };
}

const asked = { user_code: 'ABCD-2345', name: 'Front door', zone: 'east', place: null };

describe('the devices page', () => {
  test('a device that was approved stands in the list at once', async () => {
    const { api, desk } = office();
    expect(await desk.approve(asked)).toBe(true);
    expect(api.approveDevice).toHaveBeenCalledExactlyOnceWith('hall', asked);
    expect(desk.done).toEqual({ what: 'added', name: 'Front door' });
    expect(desk.devices).toHaveLength(1);
  });

  test('a refused code is a problem, not a device', async () => {
    const { api, desk } = office();
    api.approveDevice.mockRejectedValue(new Refused(404, 'unknown_code', {}, ''));
    expect(await desk.approve(asked)).toBe(false);
    expect([desk.done, (desk.problem as Refused).code, desk.busy]).toEqual([null, 'unknown_code', null]);
  });

  test('the last refusal goes when the next thing is done', async () => {
    const { api, desk } = office();
    api.reloadDevice.mockRejectedValueOnce(new Refused(409, 'device_not_connected', {}, ''));
    expect(await desk.reload(display())).toBe(false);
    expect(await desk.rotate(display())).toBe(true);
    expect([desk.problem, desk.secret]).toEqual([null, null]);
    expect(api.rotateDevice).toHaveBeenLastCalledWith('hall', 'd1');
  });

  test('a secret that must be put in by hand is shown until the next deed', async () => {
    const { api, desk } = office();
    api.rotateDevice.mockResolvedValueOnce({ token: 'khiw_agent_x' });
    await desk.rotate(display({ name: 'Door printer' }));
    expect(desk.secret).toEqual({ name: 'Door printer', token: 'khiw_agent_x' });
    await desk.reload(display());
    expect(desk.secret).toBeNull();
  });

  test('a second press while one is under way is nothing', async () => {
    const { api, desk } = office();
    await Promise.all([desk.revoke(display()), desk.revoke(display())]);
    expect(api.revokeDevice).toHaveBeenCalledOnce();
  });

  test('what was known stays while the server is away; whoever may not see it is told', async () => {
    const { api, desk } = office();
    await desk.look();
    api.devices.mockRejectedValueOnce(new Unreachable('network'));
    await desk.look();
    expect([desk.reachable, desk.kept_out, desk.devices?.length]).toEqual([false, false, 1]);
    api.devices.mockRejectedValueOnce(new Refused(403, 'forbidden', {}, ''));
    await desk.look();
    expect([desk.reachable, desk.kept_out]).toEqual([true, true]);
  });

  test('what words say is asked for once, and only when a screen could not play some', async () => {
    const { api, desk } = office();
    await desk.look();
    expect(api.prompts).not.toHaveBeenCalled();
    api.devices.mockResolvedValue({ devices: [display({}, { clips_failed: ['th/polite', 'th/7'] })] });
    await desk.look();
    await desk.look();
    expect(api.prompts).toHaveBeenCalledExactlyOnceWith('hall', 'th');
    expect(desk.texts.get('th')?.get('polite')).toBe('ค่ะ');
  });

  test('whoever may not read words sees the devices all the same; a lost answer is asked for again', async () => {
    const { api, desk } = office();
    api.devices.mockResolvedValue({ devices: [display({}, { clips_failed: ['th/polite', 'en/7'] })] });
    api.prompts.mockRejectedValueOnce(new Refused(403, 'forbidden', {}, '')).mockRejectedValueOnce(new Unreachable('network'));
    await desk.look();
    expect([desk.kept_out, desk.reachable, desk.devices?.length]).toEqual([false, true, 1]);
    await desk.look();
    expect(api.prompts.mock.calls.map(([, language]) => language as string)).toEqual(['th', 'en', 'en']);
  });
});
