// Writes Opus packets into an Ogg file (RFC 3533, RFC 7845): one stream, its two headers on pages of their own, then
// the sound. Must not encode, and must not know where packets come from.

/** Opus counts its samples at this rate, whatever was recorded. */
export const OPUS_HZ = 48_000;
const SEGMENTS_MAX = 255;
/** About a second: a player can seek, and a page stays far below its largest size. */
const PACKETS_A_PAGE = 50;

const CONTINUES_NONE = 0;
const BEGINS = 2;
const ENDS = 4;

export interface OpusPacket {
  readonly bytes: Uint8Array;
  /** At 48 kHz. */
  readonly samples: number;
}

export interface OpusSound {
  readonly packets: readonly OpusPacket[];
  /** Samples at the beginning that a player drops: the encoder's delay. */
  readonly pre_skip: number;
  /** Samples that are heard; what packets hold beyond it is dropped. */
  readonly samples: number;
  /** Of what was recorded; only told, never used. */
  readonly input_hz: number;
}

const text = new TextEncoder();

/** `serial` tells streams apart that are joined in one file; ours are alone. */
export function oggOpus(sound: OpusSound, serial = 1): Uint8Array<ArrayBuffer> {
  const pages = [
    page({ flags: BEGINS, granule: 0, serial, nth: 0, packets: [head(sound)] }),
    page({ flags: CONTINUES_NONE, granule: 0, serial, nth: 1, packets: [tags()] }),
  ];
  const end = sound.pre_skip + sound.samples;
  let decoded = 0;
  const groups = pagesOf(sound.packets);
  for (const [index, packets] of groups.entries()) {
    decoded += packets.reduce((sum, { samples }) => sum + samples, 0);
    const is_last = index === groups.length - 1;
    pages.push(
      page({
        flags: is_last ? ENDS : CONTINUES_NONE,
        // The last page's position cuts off what the last packet holds too much.
        granule: is_last ? Math.min(decoded, end) : decoded,
        serial,
        nth: pages.length,
        packets: packets.map(({ bytes }) => bytes),
      }),
    );
  }
  return joined(pages);
}

function pagesOf(packets: readonly OpusPacket[]): OpusPacket[][] {
  const groups: OpusPacket[][] = [];
  let segments = SEGMENTS_MAX;
  for (const packet of packets) {
    const needed = lacing(packet.bytes.length).length;
    const group = groups.at(-1);
    if (group === undefined || segments + needed > SEGMENTS_MAX || group.length >= PACKETS_A_PAGE) {
      groups.push([packet]);
      segments = needed;
    } else {
      group.push(packet);
      segments += needed;
    }
  }
  return groups;
}

function head({ pre_skip, input_hz }: OpusSound): Uint8Array {
  const bytes = new Uint8Array(19);
  const view = new DataView(bytes.buffer);
  bytes.set(text.encode('OpusHead'));
  bytes[8] = 1; // version
  bytes[9] = 1; // channels
  view.setUint16(10, pre_skip, true);
  view.setUint32(12, input_hz, true);
  // Gain and channel mapping are both 0: as recorded, one channel.
  return bytes;
}

function tags(): Uint8Array {
  const vendor = text.encode('Khiw');
  const bytes = new Uint8Array(16 + vendor.length);
  bytes.set(text.encode('OpusTags'));
  new DataView(bytes.buffer).setUint32(8, vendor.length, true);
  bytes.set(vendor, 12);
  // No comments: the last four bytes count them.
  return bytes;
}

interface Page {
  readonly flags: number;
  readonly granule: number;
  readonly serial: number;
  readonly nth: number;
  readonly packets: readonly Uint8Array[];
}

function page({ flags, granule, serial, nth, packets }: Page): Uint8Array {
  const segments = packets.flatMap(({ length }) => lacing(length));
  const header = new Uint8Array(27 + segments.length);
  const view = new DataView(header.buffer);
  header.set(text.encode('OggS'));
  header[5] = flags;
  view.setBigUint64(6, BigInt(granule), true);
  view.setUint32(14, serial, true);
  view.setUint32(18, nth, true);
  header[26] = segments.length;
  header.set(segments, 27);
  const bytes = joined([header, ...packets]);
  new DataView(bytes.buffer).setUint32(22, checksum(bytes), true);
  return bytes;
}

/** A packet's length in steps of 255; a last step below 255 ends it, even when it is 0. */
function lacing(length: number): number[] {
  return [...Array<number>(Math.floor(length / 255)).fill(255), length % 255];
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc >>> 0;
});

/** Of a page whose own checksum field is zero; RFC 3533: polynomial 0x04c11db7, nothing reflected. */
export function checksum(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return crc;
}
