import { crc32 } from 'node:zlib';

/** Meta values and marks carry a checksum of their own: a flipped bit in a cursor must not pass for a cursor. */
export function sealText(name: string, value: string): string {
  return `${crc32(value, crc32(name)).toString(16).padStart(8, '0')}:${value}`;
}

/** The value, or undefined when its checksum does not fit. */
export function openText(name: string, stored: string): string | undefined {
  const value = stored.slice(9);
  return stored === sealText(name, value) ? value : undefined;
}

/** Reads like an error of SQLite, so that it is handled like any other damaged page. */
export function damagedText(name: string): Error {
  return Object.assign(new Error(`checksum of ${name} does not fit`), { code: 'SQLITE_CORRUPT' });
}
