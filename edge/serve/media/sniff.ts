/**
 * What an uploaded file is, by its own bytes: never by its name or what the sender calls it. Only formats that cannot
 * carry a script, whole from the first byte to the last, and not larger when unpacked than a screen can bear.
 */
import { crc32 } from 'node:zlib';

export type MediaKind = 'png' | 'jpg' | 'webp' | 'mp4' | 'webm';

export interface Sniffed {
  readonly kind: MediaKind;
  /** Of pictures; films tell theirs to the player only. */
  readonly width?: number;
  readonly height?: number;
}
export interface NoMedia {
  /** For people: what is wrong with it. */
  readonly why: string;
}

/** A 4K picture twice over; decoded it needs 4 bytes a pixel. */
const SIDE_MAX = 8_192;
const PIXELS_MAX = 36_000_000;
const CHUNKS_MAX = 100_000;

export function sniff(bytes: Buffer): Sniffed | NoMedia {
  const found = sniffPicture(bytes) ?? sniffFilm(bytes);
  if (found === undefined) return { why: whatElse(bytes) };
  if ('why' in found) return found;
  const { width = 0, height = 0 } = found;
  if (width > SIDE_MAX || height > SIDE_MAX || width * height > PIXELS_MAX) {
    return {
      why: `${width} × ${height} pixels are more than a screen can show; the limit is ${SIDE_MAX} a side`,
    };
  }
  return found;
}

export const isMedia = (found: Sniffed | NoMedia): found is Sniffed => 'kind' in found;

function sniffPicture(bytes: Buffer): Sniffed | NoMedia | undefined {
  if (bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n') return png(bytes);
  if (bytes.length > 3 && bytes.readUIntBE(0, 3) === 0xffd8ff) return jpeg(bytes);
  if (tag(bytes, 0) === 'RIFF' && tag(bytes, 8) === 'WEBP') return webp(bytes);
  return undefined;
}

function sniffFilm(bytes: Buffer): Sniffed | NoMedia | undefined {
  if (tag(bytes, 4) === 'ftyp') return mp4(bytes);
  if (bytes.length > 4 && bytes.readUInt32BE(0) === 0x1a45dfa3) return webm(bytes);
  return undefined;
}

const tag = (bytes: Buffer, at: number): string => bytes.subarray(at, at + 4).toString('latin1');
const cutShort = (kind: string): NoMedia => ({
  why: `the ${kind} file ends too early or holds more than one file`,
});

/** Every chunk with its check sum, from IHDR to IEND, and not a byte more. */
function png(bytes: Buffer): Sniffed | NoMedia {
  let at = 8;
  for (let chunk = 0; chunk < CHUNKS_MAX && at + 12 <= bytes.length; chunk += 1) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) return cutShort('PNG');
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
      return { why: 'the PNG file is damaged' };
    if (chunk === 0 && (tag(bytes, at + 4) !== 'IHDR' || length !== 13))
      return { why: 'the PNG file has no header' };
    if (tag(bytes, at + 4) === 'IEND') {
      if (end !== bytes.length) return cutShort('PNG');
      return { kind: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
    }
    at = end;
  }
  return cutShort('PNG');
}

/** Segments up to the picture data, which must end the file. */
function jpeg(bytes: Buffer): Sniffed | NoMedia {
  if (bytes.readUInt16BE(bytes.length - 2) !== 0xffd9) return cutShort('JPEG');
  let at = 2;
  for (let segment = 0; segment < CHUNKS_MAX && at + 9 < bytes.length; segment += 1) {
    if (bytes[at] !== 0xff) return { why: 'the JPEG file is damaged' };
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      return { kind: 'jpg', width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return { why: 'the JPEG file holds no picture' };
}

function webp(bytes: Buffer): Sniffed | NoMedia {
  if (bytes.length < 30 || bytes.readUInt32LE(4) + 8 !== bytes.length) return cutShort('WebP');
  const form = tag(bytes, 12);
  if (form === 'VP8X') {
    return { kind: 'webp', width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  }
  if (form === 'VP8L') {
    const packed = bytes.readUInt32LE(21);
    return { kind: 'webp', width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
  }
  if (form === 'VP8 ') {
    return { kind: 'webp', width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  }
  return { why: 'the WebP file holds no picture' };
}

/** Boxes from end to end, with the one that describes the film among them. */
function mp4(bytes: Buffer): Sniffed | NoMedia {
  let at = 0;
  let described = false;
  for (let box = 0; box < CHUNKS_MAX && at < bytes.length; box += 1) {
    if (at + 8 > bytes.length) return cutShort('MP4');
    const size = boxBytes(bytes, at);
    if (size < 8 || at + size > bytes.length) return cutShort('MP4');
    described ||= tag(bytes, at + 4) === 'moov';
    at += size;
  }
  return described ? { kind: 'mp4' } : { why: 'the MP4 file holds no film' };
}

function boxBytes(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at);
  if (size === 0) return bytes.length - at;
  if (size !== 1) return size;
  return at + 16 > bytes.length ? -1 : Number(bytes.readBigUInt64BE(at + 8));
}

/** An EBML header that says `webm`, then one segment. */
function webm(bytes: Buffer): Sniffed | NoMedia {
  const header = bytes.subarray(0, 256).toString('latin1');
  if (!header.includes('\x42\x82') || !header.includes('webm'))
    return { why: 'the file is Matroska, but not WebM' };
  return header.includes('\x18\x53\x80\x67') ? { kind: 'webm' } : cutShort('WebM');
}

function whatElse(bytes: Buffer): string {
  const start = bytes.subarray(0, 1_024).toString('utf8').trimStart().toLowerCase();
  if (start.includes('<svg')) return 'an SVG file can carry scripts; save it as PNG or WebP';
  if (start.startsWith('<')) return 'the file is a page, not a picture';
  if (bytes.length === 0) return 'the file is empty';
  return 'the file is none of PNG, JPEG, WebP, MP4 and WebM';
}
