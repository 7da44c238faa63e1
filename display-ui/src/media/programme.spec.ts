import { describe, expect, it } from 'vitest';

import { T0 } from '../lobby/testing';
import { NOTHING_SHOWN, itemAfter, onNow, parseProgramme } from './programme';

const picture = { id: 'm1', url: '/api/v1/sites/hall/media/m1', type: 'image/png', shows_s: 12, zones: [] };
const message = { id: 'n1', style: 'message', text: { th: 'ปิดบริการ 15.00 น.' }, zones: [] };

describe('the programme of a screen', () => {
  it('is read as the server sends it', () => {
    const item = { ...picture, from: '2026-12-02T09:00:00+07:00', to: null, zones: ['east'] };
    const read = parseProgramme({ items: [item], notices: [message], version: 4 });
    expect(read.items).toEqual([
      { id: 'm1', url: picture.url, type: 'image/png', shows_s: 12, from_ms: T0 - 41 * 60_000, to_ms: null, zones: ['east'] },
    ]);
    expect(read.notices).toEqual([
      { id: 'n1', style: 'message', text: message.text, from_ms: null, to_ms: null, zones: [] },
    ]);
  });

  it.each([
    ['a program that calls itself a video', { type: 'application/x-msdownload' }],
    ['an address elsewhere', { url: 'https://elsewhere.test/a.png' }],
    ['an address elsewhere, without a scheme', { url: '//elsewhere.test/a.png' }],
    ['a script in place of an address', { url: 'javascript:alert(1)' }],
    ['a time that cannot be read', { to: 'when it is over' }],
    ['no id', { id: 7 }],
  ])('leaves out %s and keeps the rest', (_what, change) => {
    const { items } = parseProgramme({ items: [{ ...picture, ...change }, picture] });
    expect(items.map(({ id }) => id)).toEqual(['m1']);
  });

  it('bounds how long a picture stands', () => {
    const shows = [0, 1, 7, 1e9, 'long'].map((shows_s) => parseProgramme({ items: [{ ...picture, shows_s }] }).items[0]?.shows_s);
    expect(shows).toEqual([10, 3, 7, 600, 10]);
  });

  it.each([null, 7, [], 'x', { items: 5, notices: {} }])('is empty when the answer is %j', (value) => {
    expect(parseProgramme(value)).toEqual(NOTHING_SHOWN);
  });
});

describe('what is on now', () => {
  const at = (from_ms: number | null, to_ms: number | null, zones: string[] = []) => ({ id: 'x', from_ms, to_ms, zones });

  it('begins and ends by the hall’s clock', () => {
    const all = [at(T0, T0 + 10)];
    expect([T0 - 1, T0, T0 + 9, T0 + 10].map((now) => onNow(all, [], now).length)).toEqual([0, 1, 1, 0]);
  });

  it('has only what knows no time while the hall’s time is unknown', () => {
    expect(onNow([at(null, null), at(T0, null), at(null, T0)], [], null)).toHaveLength(1);
  });

  it('is for the screen’s zones', () => {
    const all = [at(null, null), at(null, null, ['east']), at(null, null, ['west', 'east'])];
    expect(onNow(all, ['west'], T0).map(({ zones }) => zones)).toEqual([[], ['west', 'east']]);
    expect(onNow(all, [], T0)).toHaveLength(3);
  });

  it('goes round', () => {
    const { items } = parseProgramme({ items: [picture, { ...picture, id: 'm2' }] });
    expect(['m1', 'm2', 'gone', null].map((id) => itemAfter(items, id)?.id)).toEqual(['m2', 'm1', 'm1', 'm1']);
    expect(itemAfter([], 'm1')).toBeNull();
  });
});
