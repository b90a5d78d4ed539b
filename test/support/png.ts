import { crc32, deflateSync } from 'node:zlib';

function chunk(tag: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(tag), body]);
  const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, check]);
}

/** A PNG of one colour. Of a large one only the header is right: enough for whoever looks before unpacking. */
export function pngOf(
  width: number,
  height: number,
  colour: readonly [number, number, number] = [240, 80, 40],
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = width * height > 4_000_000 ? 0 : height;
  const row = Buffer.concat([
    Buffer.from([0]),
    Buffer.concat(Array.from({ length: rows === 0 ? 0 : width }, () => Buffer.from(colour))),
  ]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: rows }, () => row)));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
