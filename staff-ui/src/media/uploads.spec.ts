import { Refused, Unreachable, type MediaFile } from '@khiw/ui-kit/api';
import { describe, expect, test, vi } from 'vitest';

import { staffWords } from '../words';
import type { SendFile } from './send-file';
import { Uploads, megabytes, whyNot } from './uploads.svelte';

const file = (name: string) => new File(['x'], name);
const told = (name: string): MediaFile => ({ id: name, name, type: 'image/png', bytes: 1, url: '', failed_on: [] });

function door() {
  const send = vi.fn<SendFile>((_site, { name }) => Promise.resolve(told(name)));
  const kept = vi.fn();
  return { send, kept, uploads: new Uploads('hall', send, kept) };
}
const states = (uploads: Uploads) => uploads.all.map(({ state }) => state);

describe('files on their way', () => {
  test('go one after another, and one that is refused holds up nobody', async () => {
    const { send, kept, uploads } = door();
    send.mockRejectedValueOnce(new Refused(415, 'media_type', { found: 'ELF' }, ''));
    uploads.add([file('game.mp4'), file('b.png')]);
    expect(states(uploads)).toEqual(['sending', 'waiting']);
    await vi.waitFor(() => expect(states(uploads)).toEqual(['refused', 'kept']));
    expect(kept).toHaveBeenCalledExactlyOnceWith(told('b.png'));
  });

  test('one that was refused can be sent again, or put away', async () => {
    const { send, uploads } = door();
    send.mockRejectedValueOnce(new Unreachable('network'));
    uploads.add([file('a.png')]);
    await vi.waitFor(() => expect(states(uploads)).toEqual(['refused']));
    uploads.again(uploads.all[0]?.key ?? -1);
    await vi.waitFor(() => expect(states(uploads)).toEqual(['kept']));
    uploads.dismiss(uploads.all[0]?.key ?? -1);
    expect(uploads.all).toEqual([]);
  });

  test('tell how far they are', async () => {
    const { send, uploads } = door();
    let half: (share: number) => void = () => undefined;
    send.mockImplementationOnce((_site, _file, progress) => {
      half = progress;
      return new Promise(() => undefined);
    });
    uploads.add([file('a.png')]);
    half(0.5);
    expect(uploads.all[0]?.share).toBe(0.5);
    uploads.dismiss(uploads.all[0]?.key ?? -1);
    expect(uploads.all).toHaveLength(1);
  });
});

describe('why a file was not taken', () => {
  const words = staffWords('en', 'UTC');
  const why = (status: number, code: string, facts = {}) => whyNot(new Refused(status, code, facts, ''), words);

  test('says what it really is, or that nobody knows', () => {
    expect(why(415, 'media_type', { found: 'a program' })).toContain('it really is a program');
    expect(why(415, 'media_type', { found: 'unknown' })).toContain('whatever its name says');
  });

  test('says how large it may be, and that all is full', () => {
    expect(why(413, 'too_large', { max_bytes: 104_857_600 })).toBe('it is larger than 100 MB');
    expect(why(413, 'too_large')).toBe('That is too large.');
    expect(why(507, 'media_full')).toContain('no room');
  });

  test('a cut is no refusal', () => {
    expect(whyNot(new Unreachable('network'), words)).toMatch(/not known whether/);
  });
});

test('sizes are told as people count them', () => {
  expect([1_048_576, 1_572_864, 104_857_600, 4_000, 0].map(megabytes)).toEqual(['1.0', '1.5', '100', '<0.1', '0.0']);
});
