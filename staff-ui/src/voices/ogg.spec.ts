// Against a clip that another program wrote: its pages have our checksums, and its packets written by us are read
// back the same.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { checksum, oggOpus, type OpusPacket } from './ogg';

const foreign = new Uint8Array(readFileSync(new URL('../../../config/voices/en/invite.opus', import.meta.url)));

interface Page {
  flags: number;
  granule: number;
  nth: number;
  crc: number;
  crc_ours: number;
  packets: Uint8Array[];
}

/** Reads pages whose packets end where the page ends. */
function pagesOf(file: Uint8Array): Page[] {
  const pages: Page[] = [];
  for (let at = 0; at < file.length; ) {
    expect(new TextDecoder().decode(file.subarray(at, at + 4))).toBe('OggS');
    const view = new DataView(file.buffer, file.byteOffset + at);
    const segments = [...file.subarray(at + 27, at + 27 + (file[at + 26] ?? 0))];
    const packets: Uint8Array[] = [];
    let body = at + 27 + segments.length;
    let length = 0;
    for (const segment of segments) {
      length += segment;
      if (segment === 255) continue;
      packets.push(file.slice(body, body + length));
      body += length;
      length = 0;
    }
    const blank = file.slice(at, body);
    blank.fill(0, 22, 26);
    pages.push({
      flags: file[at + 5] ?? 0,
      granule: Number(view.getBigUint64(6, true)),
      nth: view.getUint32(18, true),
      crc: view.getUint32(22, true),
      crc_ours: checksum(blank),
      packets,
    });
    at = body;
  }
  return pages;
}

const packet = (length: number, byte = 7): OpusPacket => ({ bytes: new Uint8Array(length).fill(byte), samples: 960 });
const write = (packets: OpusPacket[], samples: number) => oggOpus({ packets, samples, pre_skip: 312, input_hz: 48_000 });

describe('Ogg Opus', () => {
  test('the checksum is the one of RFC 3533', () => {
    expect(checksum(new TextEncoder().encode('123456789'))).toBe(0x89a1897f);
    for (const { crc, crc_ours } of pagesOf(foreign)) expect(crc_ours).toBe(crc);
  });

  test('begins with its two headers, each on a page of its own', () => {
    const [head, tags] = pagesOf(write([packet(60)], 900));
    expect(head).toMatchObject({ flags: 2, granule: 0, nth: 0 });
    expect([...(head?.packets[0] ?? [])]).toEqual([
      ...new TextEncoder().encode('OpusHead'), 1, 1, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0,
    ]);
    expect(tags).toMatchObject({ flags: 0, granule: 0, nth: 1 });
    expect([...(tags?.packets[0] ?? [])]).toEqual([
      ...new TextEncoder().encode('OpusTags'), 4, 0, 0, 0, ...new TextEncoder().encode('Khiw'), 0, 0, 0, 0,
    ]);
  });

  test('packets written are read back the same, whatever their length', () => {
    const packets = [1, 254, 255, 256, 510, 1275, 60].map((length, byte) => packet(length, byte));
    const pages = pagesOf(write(packets, 6_000));
    expect(pages.slice(2).flatMap((page) => page.packets)).toEqual(packets.map(({ bytes }) => bytes));
    expect(pages.every(({ crc, crc_ours }) => crc === crc_ours)).toBe(true);
  });

  test('the packets of another program’s clip make a file of the same sound', () => {
    const theirs = pagesOf(foreign);
    const packets = theirs.slice(2).flatMap((page) => page.packets).map((bytes) => ({ bytes, samples: 960 }));
    const granule = theirs.at(-1)?.granule ?? 0;
    const ours = pagesOf(oggOpus({ packets, samples: granule - 312, pre_skip: 312, input_hz: 48_000 }));
    expect(ours.slice(2).flatMap((page) => page.packets)).toEqual(packets.map(({ bytes }) => bytes));
    expect(ours.at(-1)?.granule).toBe(granule);
  });

  test('the position of the last page cuts off what the last packet holds too much', () => {
    const pages = pagesOf(write(Array.from({ length: 60 }, () => packet(60)), 57_000));
    expect(pages.map(({ flags, granule, nth }) => [flags, granule, nth])).toEqual([
      [2, 0, 0],
      [0, 0, 1],
      [0, 50 * 960, 2],
      [4, 312 + 57_000, 3],
    ]);
  });

  test('no page has more segments than its table holds', () => {
    const pages = pagesOf(write(Array.from({ length: 50 }, () => packet(1275)), 40_000));
    expect(pages.slice(2).map((page) => page.packets.length)).toEqual([42, 8]);
  });
});
