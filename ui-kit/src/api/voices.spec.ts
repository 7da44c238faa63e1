import { expect, test } from 'vitest';

import { createVoiceApi } from './voices';

test('a recorded word is sent as it is, under its own type', async () => {
  const sent: { url: string; init: RequestInit }[] = [];
  const api = createVoiceApi({
    fetch: (url, init) => {
      sent.push({ url: String(url), init: init ?? {} });
      return Promise.resolve(new Response('{"url":"/x","length_ms":400}'));
    },
  });
  const sound = new Blob([new Uint8Array([1, 2])], { type: 'audio/ogg' });
  expect(await api.record('a/b', 'th', 'letter-a', sound)).toEqual({ url: '/x', length_ms: 400 });
  expect(sent[0]?.url).toBe('/api/v1/sites/a%2Fb/voices/th/recordings/letter-a');
  expect(sent[0]?.init).toMatchObject({ method: 'PUT', body: sound });
  expect(new Headers(sent[0]?.init.headers).get('Content-Type')).toBe('audio/ogg');
});
