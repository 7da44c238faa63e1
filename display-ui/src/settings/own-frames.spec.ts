import { describe, expect, it } from 'vitest';

import { parseOwnFrame } from './own-frames';
import { DEFAULT_SETTINGS } from './screen-settings';

describe('frames to an enrolled screen', () => {
  it('tell what it is now', () => {
    const screen = { id: 'd7', name: 'จอหน้าประตู', settings: { layout: 'queues' }, speaks: true, spoken: ['1/c1/1/5', 7] };
    expect(parseOwnFrame({ type: 'screen', screen })).toEqual({
      type: 'screen',
      screen: {
        id: 'd7',
        name: 'จอหน้าประตู',
        speaks: true,
        spoken: ['1/c1/1/5'],
        settings: { ...DEFAULT_SETTINGS, layout: 'queues' },
        problems: [],
      },
    });
  });

  it('leave a usable screen when they are half wrong', () => {
    expect(parseOwnFrame({ type: 'screen', screen: { settings: 'all' } })).toMatchObject({
      screen: { speaks: false, spoken: [], settings: DEFAULT_SETTINGS, problems: [{ code: 'unreadable' }] },
    });
  });

  it.each(['reload', 'voices', 'media', 'renew'])('order: %s', (order) => {
    expect(parseOwnFrame({ type: 'order', order })).toEqual({ type: 'order', order });
  });

  it.each([null, {}, { type: 'screen' }, { type: 'order', order: 'dance' }, { type: 'call' }])('are nothing else: %j', (value) => {
    expect(parseOwnFrame(value)).toBeNull();
  });
});
