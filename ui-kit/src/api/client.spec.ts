import { describe, expect, test } from 'vitest';

import { createApi } from './client';
import { idempotencyKey } from './idempotency';
import { Garbled, mayRetry, Refused, Unreachable } from './problem';

interface Sent {
  url: string;
  init: RequestInit;
}

function answering(status: number, body: string | (() => never)) {
  const sent: Sent[] = [];
  const api = createApi({
    fetch: (url, init) => {
      sent.push({ url: String(url), init: init ?? {} });
      if (typeof body === 'function') return Promise.reject(new TypeError('Failed to fetch'));
      return Promise.resolve(new Response(body, { status }));
    },
  });
  return { api, sent };
}

const thrown = async (asked: Promise<unknown>) => asked.then(() => null, (problem: unknown) => problem);

describe('the client', () => {
  test('sends the key it was given, each time', async () => {
    const { api, sent } = answering(201, '{"number":"A001"}');
    await api.issueTicket('hall', { services: ['a'] }, 'key-1');
    await api.issueTicket('hall', { services: ['a'] }, 'key-1');
    expect(sent.map(({ init }) => new Headers(init.headers).get('Idempotency-Key'))).toEqual(['key-1', 'key-1']);
  });

  test('makes keys of its own that differ', async () => {
    expect(idempotencyKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(idempotencyKey()).not.toBe(idempotencyKey());
  });

  test('writes ids and questions safely into addresses', async () => {
    const { api, sent } = answering(200, '{}');
    await api.services('a/b', { q: 'ทะเบียน & บ้าน', limit: 6 });
    expect(sent[0]?.url).toMatch(/^\/api\/v1\/sites\/a%2Fb\/services\?q=.+%26.+&limit=6$/);
  });

  test('a refusal keeps code and facts', async () => {
    const { api } = answering(409, '{"type":"x","title":"t","status":409,"code":"closed","detail":"d","opens_at":"z"}');
    const problem = await thrown(api.issueTicket('hall', { services: [] }, 'k'));
    expect(problem).toBeInstanceOf(Refused);
    expect(problem).toMatchObject({ code: 'closed', status: 409, facts: { opens_at: 'z' } });
    expect(mayRetry(problem)).toBe(false);
  });

  test('no answer is not a refusal, and may be asked again', async () => {
    const { api } = answering(0, () => {
      throw new Error();
    });
    const problem = await thrown(api.sites());
    expect(problem).toBeInstanceOf(Unreachable);
    expect(mayRetry(problem)).toBe(true);
  });

  test.each([[502, '<html>Bad gateway</html>'], [200, '<html>Sign in to the wifi</html>'], [500, '{"oops":1}']])(
    'an answer that is not ours (%i) leaves the outcome open',
    async (status, body) => {
      const problem = await thrown(answering(status, body).api.sites());
      expect(problem).toBeInstanceOf(Garbled);
      expect(mayRetry(problem)).toBe(true);
    },
  );

  test('a busy or failing server may be asked again', () => {
    expect(mayRetry(new Refused(503, 'unavailable', {}, ''))).toBe(true);
    expect(mayRetry(new Refused(429, 'too_many_requests', {}, ''))).toBe(true);
  });
});
