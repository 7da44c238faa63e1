// Devices as the server lists them, for specs.

import type { DeviceView, ScreenReport, ScreenSettings } from '@khiw/ui-kit/api';

export function settings(changes: Partial<ScreenSettings> = {}): ScreenSettings {
  return {
    layout: 'calls',
    zones: [],
    counter: null,
    theme: 'dark',
    distance_cm: 800,
    height_mm: 680,
    sound: { mode: 'voice', group: 'hall', volume_percent: 80, second_language: null, times: 1, quiet: [] },
    ...changes,
  };
}

export function display(changes: Partial<DeviceView> = {}, reported: Partial<ScreenReport> = {}): DeviceView {
  const report: ScreenReport = {
    position: 'j.1.7', sound: 'unlocked', spoken: [], version: '0.4.0', width: 1920, height: 1080, letter_mm: 120,
    overflowed: 0, media_failed: [], ...reported,
  };
  return {
    id: 'd1', kind: 'display', name: 'Front door', zone: 'east', place: 'above the door', counter: null,
    created: '2026-12-02T08:00:00+07:00', last_used: '2026-12-02T09:40:00+07:00', state: 'alive', speaks: true,
    screen: { settings: settings(), report, reported_s_ago: 2 },
    ...changes,
  };
}
