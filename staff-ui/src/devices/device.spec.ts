import { Refused, Unreachable, type DeviceView } from '@khiw/ui-kit/api';
import { describe, expect, test } from 'vitest';

import { codeShown, codeTrouble, codeTyped, letterNeededMm, needsSomebody, soundGroups, soundOf, zonesOffered } from './device';
import { display } from './testing';

describe('a code as people enter it', () => {
  test.each(['ABCD-2345', 'abcd2345', ' abcd 2345 ', 'ABCD–2345', 'a b c d-2 3 4 5'])('%j is one code', (typed) => {
    expect(codeShown(typed)).toBe('ABCD-2345');
  });

  test('an unfinished one stays as it is', () => {
    expect(codeShown('abc-d')).toBe('ABCD');
    expect(codeTyped('รหัส')).toBe('');
  });

  test('wrong and used are told apart; what is not about the code is not blamed on it', () => {
    const refused = (status: number, code: string) => codeTrouble(new Refused(status, code, {}, ''));
    expect(refused(404, 'unknown_code')).toBe('wrong');
    expect(refused(409, 'code_used')).toBe('used');
    expect(refused(409, 'too_many_devices')).toBeNull();
    expect(refused(404, 'not_found')).toBeNull();
    expect(refused(403, 'forbidden')).toBeNull();
    expect(codeTrouble(new Unreachable('network'))).toBeNull();
  });
});

describe('how a device does', () => {
  test('somebody is needed where it is gone, late or mute, not where it has not come yet', () => {
    const needing = (['never', 'alive', 'behind', 'silent', 'gone'] as const).filter((state) =>
      needsSomebody(display({ state })),
    );
    expect(needing).toEqual(['behind', 'silent', 'gone']);
  });

  test('letters grow with the distance and are never rounded down', () => {
    expect([800, 50, 3000].map(letterNeededMm)).toEqual([98, 7, 366]);
  });

  test('a screen set to no sound is not reported as mute', () => {
    const screen = display({}, { sound: 'needs_touch' });
    expect(soundOf(screen)).toBe('needs_touch');
    if (screen.screen !== null) screen.screen.settings.sound.mode = 'off';
    expect(soundOf(screen)).toBe('off');
    expect(soundOf({ ...screen, screen: null })).toBeNull();
  });
});

test('a zone that the site has no more can be kept, and stands behind the others', () => {
  const zones = [{ id: 'west', name: {} }, { id: 'east', name: {} }];
  expect(zonesOffered(zones, ['old', 'east'])).toEqual(['west', 'east', 'old']);
  expect(zonesOffered(zones, [null])).toEqual(['west', 'east']);
});

test('sound groups are named once', () => {
  const grouped = (group: string | null): DeviceView => {
    const one = display();
    if (one.screen !== null) one.screen.settings.sound.group = group;
    return one;
  };
  expect(soundGroups([grouped('hall'), grouped(null), grouped('door'), grouped('hall')])).toEqual(['door', 'hall']);
});
