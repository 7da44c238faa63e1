import { describe, expect, test } from 'vitest';

import { settings } from '../devices/testing';
import { draftOf, fieldNamed, heightMm, previewPath, settingsOf, wrongFields, type Draft } from './settings';

const changed = (change: (draft: Draft) => void): Draft => {
  const draft = draftOf(settings());
  change(draft);
  return draft;
};

describe('settings in a form', () => {
  test('come out as they went in', () => {
    const before = settings({ zones: ['east'], height_mm: null });
    before.sound.quiet = [{ from: '12:00:00', to: '13:00:00' }];
    expect(settingsOf(draftOf(before))).toEqual(before);
  });

  test('a counter is sent only with the layout that has one', () => {
    const draft = changed((one) => {
      one.layout = 'counter';
      one.counter = 'c3';
    });
    expect(settingsOf(draft)?.counter).toBe('c3');
    expect(settingsOf({ ...draft, layout: 'calls' })?.counter).toBeNull();
  });

  test('a group of spaces is none', () => {
    expect(settingsOf(changed(({ sound }) => (sound.group = '   ')))?.sound.group).toBeNull();
  });
});

describe('the height of the picture', () => {
  const height = draftOf(settings()).height;

  test.each([
    [55, '16:9', 685],
    [55, '9:16', 1218],
    [32, '16:9', 398],
    [43, '16:10', 579],
  ] as const)('a screen of %i inches, %s, is %i mm tall', (inches, aspect, mm) => {
    expect(heightMm({ ...height, by: 'diagonal', inches, aspect })).toBe(mm);
  });

  test('is not guessed', () => {
    expect(heightMm({ ...height, by: 'unknown', mm: 500, inches: 55 })).toBeNull();
    expect(heightMm({ ...height, by: 'diagonal', inches: null })).toBeNull();
  });
});

describe('what cannot be sent', () => {
  test.each<[string, (draft: Draft) => void]>([
    ['counter', (draft) => (draft.layout = 'counter')],
    ['distance', (draft) => (draft.distance_m = null)],
    ['distance', (draft) => (draft.distance_m = 0.4)],
    ['distance', (draft) => (draft.distance_m = 31)],
    ['height', ({ height }) => (height.mm = 49)],
    ['height', ({ height }) => Object.assign(height, { by: 'diagonal', inches: null })],
    ['group', ({ sound }) => (sound.group = 'ก'.repeat(41))],
    ['quiet', ({ sound }) => sound.quiet.push({ from: '12:00', to: '' })],
    ['quiet', ({ sound }) => sound.quiet.push({ from: '12:00', to: '12:00' })],
  ])('%s', (field, change) => {
    const draft = changed(change);
    expect(wrongFields(draft)).toEqual([field]);
    expect(settingsOf(draft)).toBeNull();
  });
});

test('a refusal of the server is put beside its field', () => {
  expect(['distance_cm', 'sound.group', 'group', 'quiet'].map(fieldNamed)).toEqual(['distance', 'group', 'group', 'quiet']);
  expect([fieldNamed('colour'), fieldNamed(undefined)]).toEqual([null, null]);
});

test('the preview’s address carries the settings whole', () => {
  const before = settings({ zones: ['ฝั่ง & ลิฟต์'] });
  const address = new URL(previewPath('a/b', before), 'http://hall');
  expect(address.pathname).toBe('/display/a%2Fb');
  expect(address.searchParams.get('preview')).toBe('1');
  expect(JSON.parse(address.searchParams.get('settings') ?? '')).toEqual(before);
});
