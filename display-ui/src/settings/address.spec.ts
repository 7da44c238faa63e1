import { describe, expect, it } from 'vitest';

import { readAddress } from './address';
import { DEFAULT_SETTINGS } from './screen-settings';

const asked = (value: unknown): string => `?settings=${encodeURIComponent(JSON.stringify(value))}`;

describe('the address of a screen', () => {
  it('says nothing of itself', () => {
    expect(readAddress('')).toEqual({ settings: DEFAULT_SETTINGS, problems: [], is_preview: false });
  });

  it('may set some fields', () => {
    const { settings, problems } = readAddress(asked({ layout: 'counter', counter: 'c3' }));
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, layout: 'counter', counter: 'c3' });
    expect(problems).toEqual([]);
  });

  it('is a preview only when it says 1', () => {
    expect(readAddress(`${asked({})}&preview=1`).is_preview).toBe(true);
    expect(readAddress('?preview=yes').is_preview).toBe(false);
  });

  it.each(['?settings=', '?settings=%7B', '?settings=%E0%A4%A', '?settings=[1]'])('is told when it cannot be read: %s', (search) => {
    expect(readAddress(search)).toEqual({
      settings: DEFAULT_SETTINGS,
      problems: [{ field: '', code: 'unreadable' }],
      is_preview: false,
    });
  });
});
