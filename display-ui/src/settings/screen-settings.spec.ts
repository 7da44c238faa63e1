import { describe, expect, it } from 'vitest';

import { DEFAULT_SETTINGS, LAYOUTS, parseSettings } from './screen-settings';

describe('settings of a screen', () => {
  it('are the usual ones when nothing is said', () => {
    expect(parseSettings({})).toEqual({ settings: DEFAULT_SETTINGS, problems: [] });
  });

  it('take over every field as the server sends it', () => {
    const sent = {
      layout: 'counters',
      zones: ['east', 'west'],
      counter: 'c3',
      theme: 'light',
      distance_cm: 1200,
      height_mm: 680,
      sound: {
        mode: 'chime',
        group: 'โถงใหญ่',
        volume_percent: 0,
        second_language: 'en',
        times: 3,
        quiet: [{ from: '22:00:00', to: '06:30:00' }],
      },
    };
    expect(parseSettings(sent)).toEqual({ settings: sent, problems: [] });
  });

  it.each(LAYOUTS)('know the layout %s', (layout) => {
    expect(parseSettings({ layout }).settings.layout).toBe(layout);
  });

  it.each([
    ['layout', 'karaoke'],
    ['layout', 3],
    ['zones', 'east'],
    ['zones', ['east', 5]],
    ['counter', ''],
    ['theme', 'Light'],
    ['distance_cm', 49],
    ['distance_cm', 3001],
    ['distance_cm', 80.5],
    ['distance_cm', '800'],
    ['height_mm', 0],
  ])('keep the usual value when %s is %j, and name the field', (field, value) => {
    const parsed = parseSettings({ [field]: value, height_mm: 680, ...{ [field]: value } });
    expect(parsed.problems).toEqual([{ field, code: 'wrong_value' }]);
    expect(parsed.settings).toMatchObject({ [field]: DEFAULT_SETTINGS[field as keyof typeof DEFAULT_SETTINGS] });
  });

  it('lose only the wrong one of several sound settings', () => {
    const { settings, problems } = parseSettings({ sound: { times: 4, volume_percent: 35, quiet: [{ from: '25:00', to: '1' }] } });
    expect(settings.sound).toEqual({ ...DEFAULT_SETTINGS.sound, volume_percent: 35 });
    expect(problems.map(({ field }) => field)).toEqual(['sound.times', 'sound.quiet']);
  });

  it('name a field of a newer version and go on', () => {
    const { settings, problems } = parseSettings({ layout: 'queues', smell: 'jasmine' });
    expect(settings.layout).toBe('queues');
    expect(problems).toEqual([{ field: 'smell', code: 'unknown_field' }]);
  });

  it.each([null, 'calls', 7, [], undefined])('are the usual ones, with a problem, when they are %j', (value) => {
    expect(parseSettings(value)).toEqual({ settings: DEFAULT_SETTINGS, problems: [{ field: '', code: 'unreadable' }] });
  });
});
