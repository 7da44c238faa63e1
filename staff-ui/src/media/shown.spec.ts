import type { MediaView } from '@khiw/ui-kit/api';
import { describe, expect, test } from 'vitest';

import { addItem, addNotice, differs, draftOf, moved, shownOf, wrongFields, type ShownDraft } from './shown';

const ZONE = 'Asia/Bangkok';
const view: MediaView = {
  media: [],
  playlist: [{ media: 'm1', shows_s: 10, zones: ['east'], from: '2026-12-02T02:00:00Z' }],
  notices: [{ id: 'n1', style: 'ticker', text: { th: 'พักเที่ยง', en: 'Lunch' }, zones: [], to: '2026-12-02T06:00:00Z' }],
  bytes_used: 0,
  bytes_max: 1,
};
const media = new Set(['m1', 'm2']);
const changed = (change: (draft: ShownDraft) => void): ShownDraft => {
  const draft = draftOf(view, ZONE);
  change(draft);
  return draft;
};

describe('what is shown, in a form', () => {
  test('comes out as it went in, in the hall’s time between', () => {
    const draft = draftOf(view, ZONE);
    expect([draft.playlist[0]?.from, draft.notices[0]?.to]).toEqual(['2026-12-02T09:00', '2026-12-02T13:00']);
    expect(differs(draft, view, ZONE)).toBe(false);
    expect(shownOf(draft, ZONE)).toEqual({
      playlist: [{ media: 'm1', shows_s: 10, zones: ['east'], from: '2026-12-02T02:00:00Z', to: null }],
      notices: [{ style: 'ticker', text: { th: 'พักเที่ยง', en: 'Lunch' }, zones: [], from: null, to: '2026-12-02T06:00:00Z' }],
    });
  });

  test('rows have keys of their own, also those added later and after a reload', () => {
    const draft = changed((one) => {
      addItem(one, 'm2', false);
      addNotice(one, 'message');
    });
    const again = JSON.parse(JSON.stringify(draft)) as ShownDraft;
    addItem(again, 'm2', true);
    const keys = [...again.playlist, ...again.notices].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(again.playlist.map(({ shows_s }) => shows_s)).toEqual([10, 10, 120]);
  });

  test('languages left empty are not sent', () => {
    const draft = changed(({ notices }) => Object.assign(notices[0]?.text ?? {}, { vi: '  ', en: ' Lunch ' }));
    expect(shownOf(draft, ZONE).notices[0]?.text).toEqual({ th: 'พักเที่ยง', en: 'Lunch' });
    expect(differs(draft, view, ZONE)).toBe(false);
  });
});

describe('what cannot be shown', () => {
  test.each<[string, (draft: ShownDraft) => void]>([
    ['playlist[0].shows_s', ({ playlist }) => Object.assign(playlist[0] ?? {}, { shows_s: 2 })],
    ['playlist[0].shows_s', ({ playlist }) => Object.assign(playlist[0] ?? {}, { shows_s: null })],
    ['playlist[0].to', ({ playlist }) => Object.assign(playlist[0] ?? {}, { to: '2026-12-02T09:00' })],
    ['playlist[1].media', (draft) => addItem(draft, 'm3', false)],
    ['notices[1].text', (draft) => addNotice(draft, 'message')],
    ['notices[0].text', ({ notices }) => Object.assign(notices[0]?.text ?? {}, { vi: 'ă'.repeat(301) })],
  ])('%s', (field, change) => {
    expect(wrongFields(changed(change), media)).toEqual([field]);
  });

  test('is nothing in what the server has', () => {
    expect(wrongFields(draftOf(view, ZONE), media)).toEqual([]);
  });
});

test('one of a list moves; where there is no place it stays', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'c', 'b']);
  expect([moved(['a', 'b'], 0, -1), moved(['a', 'b'], 1, 2)]).toEqual([['a', 'b'], ['a', 'b']]);
});
