// Devices, what a lobby screen is set to, and what it shows beside calls: shapes of the wire under the names pages use.
// Not wrapped in `Answer`: of these the server leaves out what is absent, and what is shown is sent back as it came.

import type { components } from '../generated/api';

type Wire = components['schemas'];

export type ScreenSettings = Wire['ScreenSettings'];
export type ScreenLayout = Wire['ScreenLayout'];
export type ScreenTheme = Wire['ScreenTheme'];
export type SoundMode = Wire['SoundMode'];
export type SoundState = Wire['SoundState'];
export type QuietHours = Wire['QuietHours'];

export type DeviceState = Wire['DeviceState'];
/** What a device shows while nobody has approved it (RFC 8628). */
export type DeviceCode = Wire['DeviceCode'];
export type DeviceView = Wire['DeviceView'];
export type ApproveDevice = Wire['ApproveDevice'];
export type ChangeDevice = Wire['ChangeDevice'];
export type RotatedDevice = Wire['RotatedDevice'];

export type MediaFile = Wire['MediaEntry'];
export type PlaylistItem = Wire['PlaylistItem'];
export type ScreenNotice = Wire['ScreenNotice'];
export type Shown = Wire['ReplaceShown'];
export type MediaView = Wire['MediaView'];
