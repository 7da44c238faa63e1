// Calls about devices, lobby screens and what they show. Apart from `client.ts`: kiosks and screens do not carry them.

import { asker, type ApiPorts } from './client';
import type {
  ApproveDevice, ChangeDevice, DeviceCode, DeviceView, MediaView, RotatedDevice, ScreenSettings, Shown,
} from './devices';
import { idempotencyKey } from './idempotency';

export type LobbyApi = ReturnType<typeof createLobbyApi>;

const at = encodeURIComponent;

export function createLobbyApi(ports: ApiPorts = {}) {
  const ask = asker(ports);
  const devices = (site: string) => `/sites/${at(site)}/devices`;
  const device = (site: string, id: string) => `${devices(site)}/${at(id)}`;
  return {
    /** For a device that nobody knows yet. */
    deviceCode: (kind: string) => ask<DeviceCode>('/device-codes', { method: 'POST', body: { kind } }),
    /** Sets the session cookie once staff have approved; until then it is refused with `authorization_pending`. */
    deviceToken: (device_code: string) => ask<unknown>('/device-tokens', { method: 'POST', body: { device_code } }),

    devices: (site: string) => ask<{ devices: DeviceView[] }>(devices(site)),
    approveDevice: (site: string, body: ApproveDevice) =>
      ask<DeviceView>(devices(site), { method: 'POST', body, key: idempotencyKey() }),
    changeDevice: (site: string, id: string, body: ChangeDevice) =>
      ask<DeviceView>(device(site, id), { method: 'PATCH', body }),
    setScreen: (site: string, id: string, settings: ScreenSettings) =>
      ask<DeviceView>(`${device(site, id)}/screen`, { method: 'PUT', body: settings }),
    reloadDevice: (site: string, id: string) => ask<null>(`${device(site, id)}/reload`, { method: 'POST', body: {} }),
    /** `token` only of a device that holds its token itself, and only this once. */
    rotateDevice: (site: string, id: string) =>
      ask<RotatedDevice>(`${device(site, id)}/rotate`, { method: 'POST', body: {} }),
    revokeDevice: (site: string, id: string) => ask<null>(device(site, id), { method: 'DELETE' }),

    media: (site: string) => ask<MediaView>(`/sites/${at(site)}/media`),
    deleteMedia: (site: string, id: string) => ask<MediaView>(`/sites/${at(site)}/media/${at(id)}`, { method: 'DELETE' }),
    show: (site: string, shown: Shown) => ask<MediaView>(`/sites/${at(site)}/shown`, { method: 'PUT', body: shown }),
  };
}
