import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMedia, sniff } from '../../../edge/serve/media/sniff.js';
import { pngOf } from '../../support/png.js';
import { runSeed } from '../../support/promise.js';

const why = (bytes: Buffer): string => {
  const found = sniff(bytes);
  return isMedia(found) ? `taken as ${found.kind}` : found.why;
};
const riff = (form: string, rest: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(`WEBP${form}`), rest]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from('RIFF'), size, body]);
};
const box = (tag: string, body = Buffer.alloc(0)): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length + 8);
  return Buffer.concat([size, Buffer.from(tag), body]);
};
const MP4 = Buffer.concat([box('ftyp', Buffer.from('isom0000')), box('moov', Buffer.alloc(20)), box('mdat')]);

describe('what an uploaded file is', () => {
  it('is told by its bytes', () => {
    expect(sniff(pngOf(4, 3))).toEqual({ kind: 'png', width: 4, height: 3 });
    const jpeg = Buffer.from('ffd8ffe000040000ffc0000b0800090010010111000000ffd9', 'hex');
    expect(sniff(jpeg)).toEqual({ kind: 'jpg', width: 16, height: 9 });
    const vp8x = Buffer.concat([Buffer.from('0a00000000000000', 'hex'), Buffer.from('3f01001f0000', 'hex')]);
    expect(sniff(riff('VP8X', vp8x))).toEqual({ kind: 'webp', width: 320, height: 32 });
    expect(sniff(MP4)).toEqual({ kind: 'mp4' });
    const webm = Buffer.from(`1a45dfa39f42868101428284${Buffer.from('webm').toString('hex')}18538067`, 'hex');
    expect(sniff(webm)).toEqual({ kind: 'webm' });
  });

  it('is refused in words when it can carry a script, or is something else', () => {
    const svg = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>';
    expect(why(Buffer.from(svg))).toMatch(/SVG file can carry scripts/);
    expect(why(Buffer.from(`\ufeff   ${svg}`))).toMatch(/SVG|page/);
    expect(why(gzipSync(svg))).toMatch(/none of/);
    expect(why(Buffer.from('<html><script>x()</script>'))).toMatch(/page/);
    expect(why(Buffer.from('GIF89a'))).toMatch(/none of/);
    expect(why(Buffer.from('PK\u0003\u0004'))).toMatch(/none of/);
    expect(why(Buffer.alloc(0))).toMatch(/empty/);
    expect(why(Buffer.from('{"kind":"png"}'))).toMatch(/none of/);
  });

  it('is refused when it would burst a screen: a bomb says its size before it is unpacked', () => {
    expect(why(pngOf(50_000, 50_000))).toMatch(/more than a screen can show/);
    expect(why(pngOf(8_000, 8_000))).toMatch(/more than a screen can show/);
    expect(why(pngOf(7_680, 4_320))).toBe('taken as png');
    // A megabyte of zeros in a kilobyte: what is inside is never unpacked here.
    expect(deflateSync(Buffer.alloc(1_000_000)).length).toBeLessThan(2_000);
  });

  it('is refused when it is damaged, cut short or followed by something else', () => {
    const png = pngOf(4, 3);
    expect(why(png.subarray(0, png.length - 1))).toMatch(/too early/);
    expect(why(Buffer.concat([png, Buffer.from('<script>x()</script>')]))).toMatch(/too early|more than one/);
    const flipped = Buffer.from(png);
    flipped[17]! ^= 1;
    expect(why(flipped)).toMatch(/damaged/);
    expect(why(MP4.subarray(0, MP4.length - 3))).toMatch(/too early/);
    expect(why(box('ftyp', Buffer.from('isom0000')))).toMatch(/no film/);
  });

  it('never throws, whatever comes (property)', () => {
    const seed = runSeed('sniff');
    const starts = [
      png(),
      Buffer.from('ffd8ffe0', 'hex'),
      Buffer.from('1a45dfa3', 'hex'),
      MP4,
      riff('VP8L', Buffer.alloc(30)),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(60),
        (start, noise, cut) => {
          const bytes = Buffer.concat([
            start.subarray(0, Math.max(0, start.length - cut)),
            Buffer.from(noise),
          ]);
          sniff(bytes);
          sniff(Buffer.from(noise));
        },
      ),
      { seed, numRuns: 3_000 },
    );
  });
});

const png = (): Buffer => pngOf(2, 2);
