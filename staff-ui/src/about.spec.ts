import { expect, test } from 'vitest';

import { isAbout } from './about';

function control() {
  const has = new Map<string, string>();
  return {
    has,
    told: { setAttribute: (name: string, value: string) => void has.set(name, value), removeAttribute: (name: string) => void has.delete(name) },
  };
}

test('what is wrong is tied to its control, and let go of when it is mended', () => {
  const { has, told } = control();
  isAbout(told, 'f1', true);
  expect(Object.fromEntries(has)).toEqual({ 'aria-describedby': 'f1', 'aria-invalid': 'true' });
  isAbout(told, 'f1', false);
  expect(Object.fromEntries(has)).toEqual({ 'aria-describedby': 'f1' });
  isAbout(told, null, false);
  expect(has.size).toBe(0);
});
