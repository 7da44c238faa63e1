// The files that translators edit: complete, filled in alike, and honest about who has read them.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { Garbled, Refused, Unreachable } from '../api/problem';
import { named, preferred, spoken } from './language';
import { staffRefusal } from './refusals-staff';
import { closedWords, visitorRefusal } from './refusals-visitor';
import { count, say } from './say';

const root = new URL('../../../config/locales/pages/', import.meta.url);
const folders = readdirSync(root, { withFileTypes: true }).filter((one) => one.isDirectory()).map((one) => one.name);
type File = Record<string, unknown>;
const read = (folder: string, language: string): File =>
  JSON.parse(readFileSync(new URL(`${folder}/${language}.json`, root), 'utf8')) as File;
const languagesOf = (folder: string) => readdirSync(new URL(`${folder}/`, root)).map((file) => file.replace('.json', ''));

/** The names a word fills in, over all its forms. */
const facts = (word: unknown): string[] => {
  const found = JSON.stringify(word).matchAll(/\{(\w+)\}/g);
  return [...new Set([...found].map((match) => match[1] ?? ''))].filter((name) => name !== 'n').sort();
};

describe.each(folders)('%s', (folder) => {
  const english = read(folder, 'en');

  test.each(['th', 'vi'])('%s says everything English says, and nothing else', (language) => {
    expect(Object.keys(read(folder, language)).sort()).toEqual(Object.keys(english).sort());
  });

  test.each(languagesOf(folder))('%s fills in the same facts and knows only known words', (language) => {
    for (const [key, word] of Object.entries(read(folder, language))) {
      expect(english, key).toHaveProperty([key]);
      expect(facts(word), `${language} ${key}`).toEqual(facts(english[key]));
      if (typeof word === 'object' && word !== null) expect(word, key).toHaveProperty('other');
    }
  });

  test.each(languagesOf(folder))('%s tells whether somebody has reviewed it', (language) => {
    expect(read(folder, language)['reviewed']).toBe(language === 'en');
  });
});

describe('filling in', () => {
  test('counts choose their form, and languages without plural need only one', () => {
    const word = { none: 'nobody', one: '1 person', other: '{n} people' };
    expect([0, 1, 2].map((n) => count(word, n))).toEqual(['nobody', '1 person', '2 people']);
    expect(count({ other: 'รอ {n} คิว' }, 1)).toBe('รอ 1 คิว');
  });

  test('an unknown fact stays visible', () => {
    expect(say('{a} {b}', { a: 1 })).toBe('1 {b}');
  });
});

describe('languages', () => {
  test('the site’s order is kept, unknown ones are left out, and there is always one', () => {
    expect(spoken(['vi', 'xx', 'en-GB', 'vi'])).toEqual(['vi', 'en']);
    expect(spoken([])).toEqual(['en']);
  });

  test('a device’s wish is met where it can be', () => {
    expect(preferred(['th', 'en'], ['fr-FR', 'en-US'])).toBe('en');
    expect(preferred(['th', 'en'], ['fr-FR'])).toBe('th');
  });

  test('a name falls back to English, then to anything', () => {
    expect(named({ th: 'ก', en: 'a' }, 'vi')).toBe('a');
    expect(named({ th: 'ก' }, 'vi')).toBe('ก');
    expect(named(null, 'vi')).toBe('');
  });
});

describe('refusals', () => {
  const rust = readFileSync(new URL('../../../crates/domain/src/refusal.rs', import.meta.url), 'utf8');
  const codes = [...rust.matchAll(/=> "([a-z_]+)",/g)].map((match) => match[1] ?? '');
  const hall = { time_zone: 'Asia/Bangkok', now: new Date('2026-12-02T09:41:00+07:00') };

  test('every code of the domain is said in words to staff', () => {
    expect(codes.length).toBeGreaterThan(30);
    for (const code of codes) {
      expect(read('refusals-staff', 'en'), code).toHaveProperty([code]);
    }
  });

  test('a code nobody thought of is still a sentence', () => {
    expect(staffRefusal(new Refused(409, 'never_heard', {}, ''), 'th')).toContain('never_heard');
  });

  test('facts are filled in, states in the page’s words', () => {
    const refused = new Refused(409, 'illegal_transition', { ticket: 3, state: 'parked', command: 'start' }, '');
    expect(staffRefusal(refused, 'en', { parked: 'set aside' })).toContain('set aside');
    expect(staffRefusal(new Refused(422, 'park_too_long', { max_s: 3600 }, ''), 'en')).toContain('60 minutes');
  });

  test('an unknown outcome is not called a failure', () => {
    expect(staffRefusal(new Unreachable('timeout'), 'en')).toMatch(/not known whether/);
    expect(staffRefusal(new Garbled(502), 'en')).toMatch(/not known whether/);
  });

  test('a visitor hears why and when', () => {
    const closed = { code: 'closed', why: 'gap', opens_at: '2026-12-02T13:00:00+07:00' };
    expect(closedWords(closed, 'th', hall)).toBe('พักให้บริการ เปิดวันนี้ เวลา 13:00 น.');
    const full = new Refused(409, 'quota_reached', { next_at: '2026-12-02T10:00:00+07:00' }, '');
    expect(visitorRefusal(full, 'en', hall)).toBe('All numbers for this period have been taken. More numbers today at 10:00.');
  });

  test('every refusal is a sentence for visitors too, without a code in it', () => {
    for (const code of [...codes, 'never_heard']) {
      const text = visitorRefusal(new Refused(409, code, {}, ''), 'vi', hall);
      expect(text.length).toBeGreaterThan(10);
      expect(text).not.toMatch(/_|\{/);
    }
  });
});
