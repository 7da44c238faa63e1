// The small rules of the kiosk: pages of cards, forgetting visitors, keys, facts of a service, what the paper does.
import { readFileSync } from 'node:fs';

import type { PrintState, ServiceDetail } from '@khiw/ui-kit/api';
import { commonWords } from '@khiw/ui-kit/words';
import { describe, expect, test } from 'vitest';

import type { KioskWords } from '../words/kiosk.svelte';
import { route } from '../route';
import { ANNOUNCED_FOR_MS, countdown, IDLE_AFTER_MS, TICKET_FOR_MS } from './countdown';
import { keyFace, layouts, rowsOf } from './keyboard';
import { CARDS_PER_PAGE, pageOf } from './paging';
import { LATE_AFTER_MS, type PaperSeen, paperSeen, paperWords, withoutPaper } from './paper';
import { factsOf } from './service-facts';

const words = JSON.parse(
  readFileSync(new URL('../../../config/locales/pages/kiosk/en.json', import.meta.url), 'utf8'),
) as KioskWords;

describe('pages of cards', () => {
  const all = Array.from({ length: 14 }, (_, n) => n);

  test('every card stands on exactly one page of at most six', () => {
    const shown = [0, 1, 2].map((page) => pageOf(all, page));
    expect(shown.flatMap((page) => page.items)).toEqual(all);
    expect(Math.max(...shown.map((page) => page.items.length))).toBe(CARDS_PER_PAGE);
    expect(shown[0]?.pages).toBe(3);
  });

  test('a page that no longer exists shows the last one', () => {
    expect(pageOf(all, 9)).toMatchObject({ page: 2, items: [12, 13] });
    expect(pageOf([], 3)).toEqual({ items: [], page: 0, pages: 1 });
  });
});

describe('forgetting a visitor', () => {
  test('an untouched kiosk waits for ever', () => {
    expect(countdown('nothing', 1e9)).toEqual({ shown_s: null, over: false });
  });

  test('an idle page warns before it forgets', () => {
    expect(countdown('idle', IDLE_AFTER_MS - ANNOUNCED_FOR_MS - 1)).toEqual({ shown_s: null, over: false });
    expect(countdown('idle', IDLE_AFTER_MS - ANNOUNCED_FOR_MS)).toEqual({ shown_s: 15, over: false });
    expect(countdown('idle', IDLE_AFTER_MS)).toEqual({ shown_s: 0, over: true });
  });

  test('a ticket counts visibly from the start', () => {
    expect(countdown('ticket', 0).shown_s).toBe(TICKET_FOR_MS / 1000);
    expect(countdown('ticket', TICKET_FOR_MS).over).toBe(true);
  });

  test('who got no paper is given longer', () => {
    expect(countdown('ticket_without_paper', TICKET_FOR_MS).over).toBe(false);
  });
});

describe('the keyboard', () => {
  const thai = [...rowsOf('thai', ['th'], false), ...rowsOf('thai', ['th'], true)].flat();

  test('has every Thai consonant in use, and every vowel of the sample words', () => {
    for (const letter of 'กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ') expect(thai).toContain(letter);
    for (const letter of 'ทะเบียนบ้าน ที่ดิน น้ำ ใบอนุญาต ผู้สูงอายุ'.replaceAll(' ', '')) expect(thai).toContain(letter);
  });

  test('no key stands twice on one side', () => {
    for (const marks of [false, true]) {
      const keys = rowsOf('thai', ['th', 'vi'], marks).flat();
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test('a mark alone is shown on something, and typed as itself', () => {
    expect(keyFace('่')).toBe('\u00a0่');
    expect(keyFace('ก')).toBe('ก');
  });

  test('starts with the visitor’s letters', () => {
    expect(layouts('th', ['th', 'en'])).toEqual(['thai', 'latin']);
    expect(layouts('en', ['th', 'en'])).toEqual(['latin', 'thai']);
    expect(layouts('vi', ['vi', 'en'])).toEqual(['latin']);
    expect(rowsOf('latin', ['vi'], false).flat()).toContain('Đ');
    expect(rowsOf('latin', ['th'], false).flat()).not.toContain('Đ');
  });
});

describe('the facts of a service', () => {
  const detail = {
    steps: [], documents: [], forwarded_to: null, fee: 0, posted_time: { unit: 'working_days', n: 3 },
  } as unknown as ServiceDetail;
  const facts = (change: Partial<ServiceDetail>, first = 'th') =>
    factsOf('own', { ...detail, ...change }, first, words, commonWords('en'), 'en');

  test('nothing is claimed before the details are known', () => {
    expect(factsOf('own', null, 'th', words, commonWords('en'), 'en')).toMatchObject({ documents: null, time: null, fee: null });
  });

  test('no fee and an unstated fee are different things', () => {
    expect(facts({ fee: 0 }).fee).toBe('No fee');
    expect(facts({ fee: null }).fee).toBe('Ask at the counter');
  });

  test('money is the country’s', () => {
    expect(facts({ fee: 20_000 }, 'vi').fee).toBe('20,000 dong');
    expect(facts({ fee: 20 }).fee).toBe('20 baht');
  });

  test('procedure time is in its own unit, never mixed with the wait', () => {
    expect(facts({}).time).toBe('3 working days');
    expect(facts({ posted_time: { unit: 'minutes', n: 1 } }).time).toBe('1 minute');
  });

  test('says where a request goes', () => {
    expect(facts({ forwarded_to: { en: 'the Land Office' } }).kind).toContain('the Land Office');
  });
});

describe('the paper', () => {
  const states: PrintState[] = ['none', 'pending', 'printed', 'sent', 'failed', 'uncertain', 'expired'];
  const all: PaperSeen[] = [...states, 'late', 'paperless'];

  test('every state is said, and only a confirmed paper is good news', () => {
    for (const seen of all) {
      const said = paperWords(seen, words, true);
      expect(said.text).not.toBe('');
      expect(said.tone === 'good').toBe(seen === 'printed');
      expect(said.text.includes('take your paper')).toBe(seen === 'printed');
    }
  });

  test('trouble with the paper never doubts the number, and says how to keep it', () => {
    for (const seen of ['failed', 'uncertain', 'expired', 'late'] as const) {
      const said = paperWords(seen, words, true);
      expect(said.text).toMatch(/valid/);
      expect(said.keep).toBe(words.keep_scan);
      expect(withoutPaper(seen)).toBe(true);
    }
  });

  test('a phone is offered only where there is a code for it', () => {
    expect(paperWords('paperless', words, false).keep).toBe(words.keep);
    expect(paperWords('printed', words, true).keep).toBeNull();
  });

  test('that staff are told is said only when the server speaks to us', () => {
    expect(paperWords('late', words, true).told).toBe(words.staff_told);
    expect(paperWords('late', words, true, false).told).toBeNull();
    expect(paperWords('printed', words, true).told).toBeNull();
  });

  test('a paper that does not come is late after a while, and never sooner', () => {
    expect(paperSeen('pending', LATE_AFTER_MS - 1, true)).toBe('pending');
    expect(paperSeen('pending', LATE_AFTER_MS, true)).toBe('late');
    expect(paperSeen('printed', LATE_AFTER_MS, true)).toBe('printed');
  });

  test('no paper on purpose is no trouble', () => {
    expect(paperSeen('none', 0, false)).toBe('paperless');
    expect(paperWords('paperless', words, true)).toMatchObject({ tone: 'info', told: null });
  });
});

test.each([
  ['/kiosk/nakhon-oss', { page: 'kiosk', site: 'nakhon-oss' }],
  ['/kiosk/nakhon-oss/', { page: 'kiosk', site: 'nakhon-oss' }],
  ['/ticket/9f%2Bx', { page: 'ticket', token: '9f+x' }],
  ['/ticket/%E0%A4%A', { page: 'astray' }],
  ['/kiosk', { page: 'astray' }],
  ['/elsewhere/x', { page: 'astray' }],
])('%s leads to %o', (path, expected) => {
  expect(route(path)).toEqual(expected);
});
