import { describe, expect, it } from 'vitest';
import { lastTicket } from './last-ticket';

const store = (text: string | null) => ({ getItem: () => text });

describe('the ticket taken last', () => {
  it('links to its phone page', () => {
    expect(lastTicket(store('{"token":"a/b","number":"A001"}'))).toEqual({
      number: 'A001',
      href: '/ticket/a%2Fb',
    });
  });

  it.each([null, '', '{', '7', '{"token":1,"number":"A001"}', '{"token":"x"}'])('is none for %j', (text) => {
    expect(lastTicket(store(text))).toBeNull();
  });
});
