import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Reads table rows straight from the pages of a SQLite file or its write-ahead log, without the tree above them,
 * which may be the damaged part. Whether a row is one of ours, and whole, is for its checksum to say.
 * Format: https://www.sqlite.org/fileformat2.html, "B-tree Pages" and "Record Format".
 */
const PAGE = 4_096;
const TABLE_LEAF = 0x0d;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const OVERFLOW_ABOVE = PAGE - 35;
const LOCAL_MINIMUM = Math.floor(((PAGE - 12) * 32) / 255) - 23;
/** Longer rows than any event may have are not followed through their overflow pages. */
const PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;

export type Cell = { readonly rowid: number; readonly values: readonly (number | string | Buffer | null)[] };

/** Calls `onCell` for everything that reads like a row with `columns` columns, oldest page image first. */
export function scanFile(path: string, columns: number, onCell: (cell: Cell) => void): void {
  scan(path, { columns, onCell, start: 0, stride: PAGE, skip: 0 });
}

export function scanLog(path: string, columns: number, onCell: (cell: Cell) => void): void {
  scan(path, { columns, onCell, start: WAL_HEADER, stride: PAGE + FRAME_HEADER, skip: FRAME_HEADER });
}

interface Scan {
  readonly columns: number;
  readonly onCell: (cell: Cell) => void;
  readonly start: number;
  readonly stride: number;
  /** Bytes before the page image in each stride. */
  readonly skip: number;
}

function scan(path: string, how: Scan): void {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const count = Math.max(0, Math.floor((size - how.start) / how.stride));
    const pages = pageSource(file, how, count);
    for (let index = 0; index < count; index += 1) {
      const page = pages.at(index);
      const header = how.skip === 0 && index === 0 ? 100 : 0;
      if (page[header] !== TABLE_LEAF) continue;
      scanLeaf(page, header, { ...how, overflow: pages.numbered });
    }
  } finally {
    closeSync(file);
  }
}

/** Pages by place in the file, and by number: in a log the newest image of a number counts. */
function pageSource(file: number, how: Scan, count: number) {
  const at = (index: number): Buffer => {
    const page = Buffer.alloc(PAGE);
    readSync(file, page, 0, PAGE, how.start + index * how.stride + how.skip);
    return page;
  };
  const places = new Map<number, number>();
  if (how.skip > 0) {
    const header = Buffer.alloc(4);
    for (let index = 0; index < count; index += 1) {
      readSync(file, header, 0, 4, how.start + index * how.stride);
      places.set(header.readUInt32BE(0), index);
    }
  }
  const numbered = (number: number): Buffer | undefined => {
    const index = how.skip > 0 ? places.get(number) : number - 1;
    return index === undefined || index < 0 || index >= count ? undefined : at(index);
  };
  return { at, numbered };
}

type Overflow = (number: number) => Buffer | undefined;

function scanLeaf(page: Buffer, header: number, how: Scan & { overflow: Overflow }): void {
  const cells = Math.min(page.readUInt16BE(header + 3), Math.floor(PAGE / 4));
  for (let index = 0; index < cells; index += 1) {
    const pointer = header + 8 + index * 2;
    if (pointer + 2 > PAGE) return;
    try {
      const cell = readCell(page, page.readUInt16BE(pointer), how);
      if (cell !== undefined) how.onCell(cell);
    } catch (error) {
      // Numbers that point outside the page are what damage looks like here; the cell is given up.
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

function readCell(page: Buffer, start: number, how: Scan & { overflow: Overflow }): Cell | undefined {
  const length = varint(page, start);
  if (length.value > PAYLOAD_BYTES_MAX) return undefined;
  const rowid = varint(page, length.next);
  const payload = payloadOf(page, { start: rowid.next, length: length.value, overflow: how.overflow });
  const values = payload && recordOf(payload, how.columns);
  return values && { rowid: rowid.value, values };
}

function payloadOf(
  page: Buffer,
  cell: { start: number; length: number; overflow: Overflow },
): Buffer | undefined {
  const { start, length } = cell;
  if (length <= OVERFLOW_ABOVE)
    return start + length > PAGE ? undefined : page.subarray(start, start + length);
  const wanted = LOCAL_MINIMUM + ((length - LOCAL_MINIMUM) % (PAGE - 4));
  const local = wanted <= OVERFLOW_ABOVE ? wanted : LOCAL_MINIMUM;
  const parts = [page.subarray(start, start + local)];
  let number = page.readUInt32BE(start + local);
  for (let left = length - local; left > 0; left -= PAGE - 4) {
    const next = cell.overflow(number);
    if (next === undefined) return undefined;
    parts.push(next.subarray(4, 4 + Math.min(left, PAGE - 4)));
    number = next.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

function recordOf(payload: Buffer, columns: number): Cell['values'] | undefined {
  const header = varint(payload, 0);
  const types: number[] = [];
  let at = header.next;
  while (at < header.value) {
    const type = varint(payload, at);
    types.push(type.value);
    at = type.next;
  }
  if (types.length !== columns) return undefined;
  let place = header.value;
  return types.map((type) => {
    const size = sizeOfType(type);
    if (place + size > payload.length) throw new RangeError('value outside of its record');
    const value = readValue(payload, place, type);
    place += size;
    return value;
  });
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

const sizeOfType = (type: number): number => (type >= 12 ? (type - 12) >> 1 : (INTEGER_BYTES[type] ?? 0));

function readValue(payload: Buffer, at: number, type: number): number | string | Buffer | null {
  if (type >= 13 && type % 2 === 1) return payload.toString('utf8', at, at + sizeOfType(type));
  if (type >= 12) return payload.subarray(at, at + sizeOfType(type));
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return payload.readDoubleBE(at);
  if (type === 6) return Number(payload.readBigInt64BE(at));
  return payload.readIntBE(at, INTEGER_BYTES[type] ?? 1);
}

function varint(buffer: Buffer, start: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 9; index += 1) {
    const byte = buffer.readUInt8(start + index);
    if (index === 8) return { value: value * 256 + byte, next: start + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  return { value, next: start + 9 };
}
