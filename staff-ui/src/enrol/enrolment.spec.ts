import { Refused, Unreachable, type DeviceCode } from '@khiw/ui-kit/api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Enrolment } from './enrolment.svelte';

const pending = new Refused(400, 'authorization_pending', {}, '');
const code = (user_code: string): DeviceCode => ({
  device_code: `secret of ${user_code}`,
  user_code,
  verification_uri: 'https://hall/devices',
  expires_in_s: 600,
  interval_s: 5,
});

function screen() {
  const api = {
    deviceCode: vi.fn((_kind: string) => Promise.resolve(code('ABCD-2345'))),
    deviceToken: vi.fn((_code: string): Promise<unknown> => Promise.reject(pending)),
    session: vi.fn(() => Promise.resolve({ kind: 'display', site: 'hall', counter: null, name: null } as never)),
  };
  const go = vi.fn();
  return { api, go, enrolment: new Enrolment('display', { api, go, now_ms: () => performance.now() }) };
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

describe('a device that comes in', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('shows its code and how long it holds, and asks as often as it was told', async () => {
    const { api, enrolment } = screen();
    void enrolment.start();
    await pass(0);
    expect(api.deviceCode).toHaveBeenCalledWith('display');
    expect([enrolment.code, enrolment.left_s]).toEqual(['ABCD-2345', 600]);
    await pass(60);
    expect(api.deviceToken).toHaveBeenCalledTimes(12);
    expect(api.deviceToken).toHaveBeenCalledWith('secret of ABCD-2345');
    expect(enrolment.left_s).toBe(540);
    enrolment.stop();
  });

  test('goes to the page it is for once staff have approved it', async () => {
    const { api, go, enrolment } = screen();
    void enrolment.start();
    await pass(6);
    api.deviceToken.mockResolvedValue({});
    await pass(5);
    expect([enrolment.approved, enrolment.code]).toEqual([true, null]);
    await pass(2);
    expect(go).toHaveBeenCalledExactlyOnceWith('/display/hall');
  });

  test('asks more slowly when told so, and stays slow', async () => {
    const { api, enrolment } = screen();
    void enrolment.start();
    api.deviceToken.mockRejectedValueOnce(new Refused(400, 'slow_down', {}, ''));
    await pass(5);
    await pass(30);
    expect(api.deviceToken).toHaveBeenCalledTimes(1 + 3);
    expect(enrolment.trouble).toBeNull();
    enrolment.stop();
  });

  test('takes a new code when the old one has run out', async () => {
    const { api, enrolment } = screen();
    void enrolment.start();
    await pass(590);
    api.deviceCode.mockResolvedValue(code('WXYZ-6789'));
    await pass(15);
    expect(enrolment.code).toBe('WXYZ-6789');
    api.deviceCode.mockResolvedValue(code('QRST-2222'));
    api.deviceToken.mockRejectedValueOnce(new Refused(400, 'expired_token', {}, ''));
    await pass(5);
    expect(enrolment.code).toBe('QRST-2222');
    enrolment.stop();
  });

  test('says that staff refused it, with a new code', async () => {
    const { api, enrolment } = screen();
    void enrolment.start();
    await pass(0);
    api.deviceToken.mockRejectedValueOnce(new Refused(400, 'access_denied', {}, ''));
    api.deviceCode.mockResolvedValue(code('WXYZ-6789'));
    await pass(5);
    expect([enrolment.denied, enrolment.code]).toEqual([true, 'WXYZ-6789']);
    enrolment.stop();
  });

  test('keeps its code through a cut, asks less and less often, and says when next', async () => {
    const { api, enrolment } = screen();
    void enrolment.start();
    await pass(0);
    api.deviceToken.mockRejectedValue(new Unreachable('network'));
    await pass(5);
    expect([enrolment.trouble, enrolment.again_in_s, enrolment.code]).toEqual(['cut', 5, 'ABCD-2345']);
    await pass(5 + 10 + 20 + 30);
    expect(api.deviceToken).toHaveBeenCalledTimes(5);
    expect(enrolment.again_in_s).toBe(30);
    api.deviceToken.mockRejectedValue(pending);
    await pass(30);
    expect(enrolment.trouble).toBeNull();
    enrolment.stop();
  });

  test('a code that ran out during a cut is not shown any more', async () => {
    const { api, enrolment } = screen();
    void enrolment.start();
    await pass(0);
    api.deviceToken.mockRejectedValue(new Unreachable('network'));
    api.deviceCode.mockRejectedValue(new Unreachable('network'));
    await pass(660);
    expect([enrolment.code, enrolment.trouble]).toEqual([null, 'cut']);
    enrolment.stop();
  });

  test('a busy server is not called unreachable', async () => {
    const { api, enrolment } = screen();
    api.deviceCode.mockRejectedValueOnce(new Refused(429, 'too_many_requests', {}, ''));
    void enrolment.start();
    await pass(0);
    expect([enrolment.trouble, enrolment.again_in_s]).toEqual(['busy', 2]);
    await pass(2);
    expect(enrolment.code).toBe('ABCD-2345');
    enrolment.stop();
  });

  test('a browser that keeps no cookie is told, and not sent in circles', async () => {
    const { api, go, enrolment } = screen();
    api.session.mockRejectedValue(new Refused(401, 'unauthorized', {}, ''));
    api.deviceToken.mockResolvedValue({});
    void enrolment.start();
    await pass(8);
    expect(enrolment.trouble).toBe('cookies');
    expect(go).not.toHaveBeenCalled();
    enrolment.stop();
  });
});
