import { Refused, type Prompts, type Voices } from '@khiw/ui-kit/api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { NoMicrophone, RECORDING_MS_MAX, troubleOf } from './microphone';
import { OPUS_HZ } from './ogg';
import { VoiceDesk, type VoicePorts } from './voices.svelte';

const tone = (seconds = 0.5): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: seconds * OPUS_HZ }, (_, n) => 0.3 * Math.sin((n * 2 * Math.PI * 220) / OPUS_HZ));

const WORDS: [string, string][] = [['invite', 'ขอเชิญหมายเลข'], ['1', 'หนึ่ง'], ['2', 'สอง']];

/** A server that remembers, and a microphone that hears what the spec says. */
function office({ published = [] as string[], can_encode = true } = {}) {
  const recorded = new Map<string, number>();
  const sound = (token: string, length_ms: number) => ({ url: `/${token}`, length_ms });
  const prompts = (): Prompts => ({
    language: 'th', name: '', speaker: '', licence: '',
    prompts: WORDS.map(([token, text]) => ({
      token, text,
      recorded: recorded.has(token) ? sound(token, recorded.get(token) ?? 0) : null,
      published: published.includes(token) ? sound(token, 500) : null,
    })),
  });
  const none: Voices = { voices: [], unusable: [] };
  const api = {
    voices: vi.fn(() => Promise.resolve(none)),
    prompts: vi.fn((_site: string, _language: string) => Promise.resolve(prompts())),
    record: vi.fn((_site: string, _language: string, token: string, _sound: Blob) => {
      recorded.set(token, 500);
      return Promise.resolve(sound(token, 500));
    }),
    discard: vi.fn((_site: string, _language: string, token: string) => {
      recorded.delete(token);
      return Promise.resolve(null);
    }),
    publish: vi.fn((_site: string, _language: string, _body: object) => {
      published.push(...recorded.keys());
      return Promise.resolve(none);
    }),
    withdraw: vi.fn(() => Promise.resolve(none)),
  };
  const microphone = {
    open: vi.fn(() => Promise.resolve()),
    level: () => 0.5,
    begin: vi.fn(() => Promise.resolve()),
    end: vi.fn(() => Promise.resolve(tone())),
    close: vi.fn(),
  };
  const ear = { play: vi.fn((_words: readonly unknown[]) => Promise.resolve()), hush: vi.fn(), close: vi.fn() };
  const ports: VoicePorts = {
    api, microphone, ear,
    canEncode: () => Promise.resolve(can_encode),
    encode: (samples) => Promise.resolve(new Blob([samples], { type: 'audio/ogg' })),
    decode: (bytes) => (bytes.byteLength === 0 ? Promise.reject(new Error('no sound')) : Promise.resolve(tone(bytes.byteLength / 10))),
    fetchSound: () => Promise.resolve(new ArrayBuffer(5)),
  };
  const page = () => new VoiceDesk('hall', ports);
  return { api, microphone, ear, page, desk: page() };
}

async function say(desk: VoiceDesk): Promise<void> {
  await desk.toggle();
  await desk.toggle();
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('at the microphone', () => {
  test('the first word that is missing comes first', async () => {
    const { desk } = office({ published: ['invite'] });
    await desk.start('th');
    expect([desk.word?.token, desk.missing.length, desk.phase]).toEqual(['1', 2, 'ready']);
  });

  test('Space begins and ends, Enter keeps at the server and goes on', async () => {
    const { api, desk } = office();
    await desk.start('th');
    await desk.toggle();
    expect(desk.phase).toBe('recording');
    await desk.toggle();
    expect([desk.phase, desk.take === null]).toEqual(['taken', false]);
    await desk.keep();
    expect(api.record.mock.calls[0]?.slice(0, 3)).toEqual(['hall', 'th', 'invite']);
    expect(api.record.mock.calls[0]?.[3].type).toBe('audio/ogg');
    expect([desk.token, desk.phase, desk.missing.length]).toEqual(['1', 'ready', 2]);
  });

  test('a new page finds every word that was kept', async () => {
    const { desk, page } = office();
    await desk.start('th');
    await say(desk);
    await desk.keep();
    const after = page();
    await after.start('th');
    expect([after.missing.length, after.token]).toEqual([2, '1']);
  });

  test('said again, the first attempt is gone and nothing was kept', async () => {
    const { api, desk, microphone } = office();
    await desk.start('th');
    await say(desk);
    await desk.again();
    expect([desk.phase, desk.take, microphone.begin.mock.calls.length]).toEqual(['recording', null, 2]);
    expect(api.record).not.toHaveBeenCalled();
  });

  test('silence is not a word, and is said so', async () => {
    const { desk, microphone } = office();
    await desk.start('th');
    microphone.end.mockResolvedValueOnce(new Float32Array(OPUS_HZ));
    await say(desk);
    expect([desk.note, desk.phase]).toEqual(['nothing_heard', 'ready']);
  });

  test('a word longer than a clip may be is not sent; shortened it is', async () => {
    const { api, desk, microphone } = office();
    await desk.start('th');
    microphone.end.mockResolvedValueOnce(tone(7));
    await say(desk);
    await desk.keep();
    expect([desk.note, desk.phase, api.record.mock.calls.length]).toEqual(['too_long', 'taken', 0]);
    desk.cut(0, 4_000);
    await desk.keep();
    expect(api.record).toHaveBeenCalledOnce();
  });

  test('who forgets to stop is stopped', async () => {
    const { desk } = office();
    await desk.start('th');
    await desk.toggle();
    await vi.advanceTimersByTimeAsync(RECORDING_MS_MAX);
    expect(desk.phase).toBe('taken');
  });

  test('when storing fails the word is still there and can be kept again', async () => {
    const { api, desk } = office();
    await desk.start('th');
    await say(desk);
    api.record.mockRejectedValueOnce(new Refused(503, 'unavailable', {}, ''));
    await desk.keep();
    expect([desk.phase, desk.token, (desk.problem as Refused).code]).toEqual(['taken', 'invite', 'unavailable']);
    await desk.keep();
    expect([desk.token, desk.problem]).toEqual(['1', null]);
  });

  test('a microphone that cannot be had is said in one word', async () => {
    const { desk, microphone } = office();
    await desk.start('th');
    microphone.begin.mockRejectedValueOnce(new NoMicrophone('refused'));
    await desk.toggle();
    expect([desk.trouble, desk.phase]).toEqual(['refused', 'ready']);
    await desk.toggle();
    expect(desk.trouble).toBeNull();
  });

  test('where nothing can be encoded nothing is recorded', async () => {
    const { desk, microphone } = office({ can_encode: false });
    await desk.start('th');
    await desk.toggle();
    expect([desk.can_encode, microphone.begin.mock.calls.length]).toEqual([false, 0]);
  });

  test.each([['NotAllowedError', 'refused'], ['SecurityError', 'refused'], ['NotFoundError', 'none'], ['NotReadableError', 'busy']])(
    '%s is told as %s',
    (name, trouble) => {
      expect(troubleOf(new DOMException('', name))).toBe(trouble);
    },
  );
});

describe('from files', () => {
  const file = (name: string, bytes = 5) => new File([new Uint8Array(bytes)], name);

  test('each goes to the word of its name; of the others it is said why not', async () => {
    const { api, desk } = office();
    await desk.start('th');
    await desk.takeFiles([file('1.wav'), file('สอง.mp3'), file('holiday.jpg'), file('invite.ogg', 0), file('invite.wav', 70)]);
    expect(desk.files.map(({ fate }) => fate)).toEqual(['kept', 'kept', 'unknown', 'no_sound', 'too_long']);
    expect(api.record.mock.calls.map(([, , token]) => token)).toEqual(['1', '2']);
    expect([desk.missing.map(({ token }) => token), desk.files_left]).toEqual([['invite'], 0]);
  });

  test('one that the server refuses does not stop the others', async () => {
    const { api, desk } = office();
    await desk.start('th');
    api.record.mockRejectedValueOnce(new Refused(422, 'clip_broken', {}, ''));
    await desk.takeFiles([file('1.wav'), file('2.wav')]);
    expect(desk.files.map(({ fate }) => fate)).toEqual(['refused', 'kept']);
  });
});

describe('the voice as a whole', () => {
  test('a sample call is heard when its words are there, else they are named', async () => {
    const { desk, ear } = office();
    await desk.start('th');
    await desk.sample();
    expect([desk.sample_lacks.includes('หนึ่ง'), ear.play.mock.calls.length]).toEqual([true, 0]);
  });

  test('a recorded word is in use once it is published, and not again when it is said anew', async () => {
    const { desk } = office();
    await desk.start('th');
    await say(desk);
    await desk.keep();
    const state = () => desk.words.map((word) => desk.stateOf(word));
    expect(state()).toEqual(['recorded', 'missing', 'missing']);
    await desk.publish({ name: 'n', speaker: 's', licence: 'l', draft: true }, true);
    expect(state()).toEqual(['in_use', 'missing', 'missing']);
    desk.select('invite');
    await say(desk);
    await desk.keep();
    expect(state()).toEqual(['recorded', 'missing', 'missing']);
  });

  test('a recording dropped, what is in use counts again', async () => {
    const { desk } = office({ published: ['invite'] });
    await desk.start('th');
    desk.select('invite');
    await say(desk);
    await desk.keep();
    desk.select('invite');
    await desk.discard();
    expect(desk.stateOf(desk.words[0] ?? { token: '', text: '', recorded: null, published: null })).toBe('in_use');
  });

  test('whoever is no administrator is told so', async () => {
    const { api, desk } = office();
    api.prompts.mockRejectedValueOnce(new Refused(403, 'forbidden', {}, ''));
    await desk.start('th');
    expect(desk.kept_out).toBe(true);
  });
});
