import type { ServiceView } from '@khiw/ui-kit/api';
import { describe, expect, test } from 'vitest';

import { adjust, answerHelp, back, go, here, newVisit, speak, untouched } from './visit';

const service = { id: 's' } as ServiceView;

describe('a visit', () => {
  test('a wrong touch costs one touch: back leads to the same page of the same list', () => {
    const list = adjust(go(newVisit('th'), { at: 'agency', agency: 'a', page: 0 }), { page: 2 });
    const visit = back(go(list, { at: 'service', service }));
    expect(here(visit)).toEqual({ at: 'agency', agency: 'a', page: 2 });
  });

  test('a search is found again with its text', () => {
    const search = adjust(go(newVisit('th'), { at: 'search', text: '', page: 0 }), { text: 'บัตร' });
    expect(here(back(go(search, { at: 'service', service })))).toMatchObject({ text: 'บัตร' });
  });

  test('back from home stays at home', () => {
    expect(here(back(newVisit('th')))).toEqual({ at: 'home', page: 0 });
  });

  test('the priority answer leads back to where it was asked, and can be taken back', () => {
    const asked = go(go(newVisit('th'), { at: 'service', service }), { at: 'help' });
    const yes = answerHelp(asked, true);
    expect(here(yes)).toEqual({ at: 'service', service });
    expect(yes.priority).toBe(true);
    expect(answerHelp(go(yes, { at: 'help' }), false).priority).toBe(false);
  });

  test('changing the language changes nothing else', () => {
    const visit = go(newVisit('th'), { at: 'service', service });
    expect(speak(visit, 'vi')).toEqual({ ...visit, language: 'vi' });
  });

  test.each([
    ['another language', speak(newVisit('th'), 'en')],
    ['another page', adjust(newVisit('th'), { page: 1 })],
    ['another place', go(newVisit('th'), { at: 'help' })],
    ['a priority answer', answerHelp(go(newVisit('th'), { at: 'help' }), true)],
  ])('%s is something to forget', (_what, visit) => {
    expect(untouched(visit, 'th')).toBe(false);
    expect(untouched(newVisit('th'), 'th')).toBe(true);
  });
});
