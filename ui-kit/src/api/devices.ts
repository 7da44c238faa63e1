// Devices, what a lobby screen is set to, and what it shows beside calls: shapes of the wire. The server sends every
// field of an answer, with null for what is absent; only a screen's report stands as the screen sent it.

import type { components } from '../generated/api';
import type { Answer, Names, ScreenReport, SessionKind } from './shapes';

type Wire = components['schemas'];

export type ScreenSettings = Answer<Wire['ScreenSettings']>;
export type ScreenLayout = Wire['ScreenLayout'];
export type ScreenTheme = Wire['ScreenTheme'];
export type SoundMode = Wire['SoundMode'];
export type SoundState = Wire['SoundState'];
export type QuietHours = Wire['QuietHours'];

/** Never seen, connected and up to date, connected but late, connected but mute, not connected. */
export type DeviceState = 'never' | 'alive' | 'behind' | 'silent' | 'gone';

/** What a device shows while nobody has approved it (RFC 8628). */
export interface DeviceCode {
  device_code: string;
  /** Eight letters and figures, with a hyphen in the middle. */
  user_code: string;
  verification_uri: string;
  expires_in_s: number;
  interval_s: number;
}

export interface DeviceView {
  id: string;
  kind: SessionKind;
  name: string;
  zone: string | null;
  place: string | null;
  counter: string | null;
  created: string;
  last_used: string | null;
  state: DeviceState;
  /** For its sound group, or alone. */
  speaks: boolean;
  /** Of lobby screens only. */
  screen: { settings: ScreenSettings; report: ScreenReport | null; reported_s_ago: number | null } | null;
}

export interface ApproveDevice {
  user_code: string;
  name: string;
  zone?: string | null;
  place?: string | null;
  counter?: string | null;
}

export interface MediaFile {
  id: string;
  name: string;
  /** `image/png`, `video/mp4`, … */
  type: string;
  bytes: number;
  url: string;
  /** Devices that could not show it. */
  failed_on: string[];
}

/** A turn of the playlist. `from` and `to` are moments; absent: no such limit. */
export interface PlaylistItem {
  media: string;
  /** 3 to 600; a video is shown to its end, but not longer. */
  shows_s: number;
  zones: string[];
  from?: string | null;
  to?: string | null;
}

export interface ScreenNotice {
  /** Made by the server. */
  id?: string;
  style: 'message' | 'ticker';
  text: Names;
  zones: string[];
  from?: string | null;
  to?: string | null;
}

export interface Shown {
  playlist: PlaylistItem[];
  notices: ScreenNotice[];
}

export interface MediaView extends Shown {
  media: MediaFile[];
  bytes_used: number;
  bytes_max: number;
}
