import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { FileAdapter, RowGroup } from '../adapters-file/types.js';

/** A transaction is complete when the file has moved on by this much of its own time. */
const HOLD_MS = 2 * 60_000;
const CSV_OPTIONS = { bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true };

/** One transaction of the file, with the time (before any shift) of its last row. */
export interface TimedGroup extends RowGroup {
  readonly ms: number;
}

interface OpenGroup {
  key: string;
  rows: (readonly string[])[];
  at: number[];
  ms: number;
}

/**
 * Decompressed bytes of a file; gzip is recognised by its first two bytes, not by the name.
 * @throws what the file system or zlib throws: no such file, no permission, damaged archive.
 */
export async function openText(path: string): Promise<NodeJS.ReadableStream> {
  const handle = await open(path, 'r');
  const magic = Buffer.alloc(2);
  await handle.read(magic, 0, 2, 0);
  await handle.close();
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return file;
  const text = createGunzip({ chunkSize: 256 * 1024 });
  file.on('error', (error) => text.destroy(error));
  text.on('close', () => file.destroy());
  return file.pipe(text);
}

/** Records of a CSV file, header first. */
export async function* readRecords(path: string): AsyncGenerator<readonly string[]> {
  const text = await openText(path);
  const parser = parse(CSV_OPTIONS);
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  yield* parser as AsyncIterable<readonly string[]>;
}

/** Transactions in the order of their last rows. Rows of one transaction may be apart by up to two minutes. */
export async function* readGroups(path: string, adapter: FileAdapter): AsyncGenerator<TimedGroup> {
  const held = new Map<string, OpenGroup>();
  let record = 0;
  let nowMs = Number.NEGATIVE_INFINITY;
  for await (const row of readRecords(path)) {
    record += 1;
    if (record === 1) continue;
    const ms = adapter.timeOf(row) ?? nowMs;
    if (ms > nowMs) {
      nowMs = ms;
      yield* takeComplete(held, nowMs - HOLD_MS);
    }
    // A row that names no transaction stands alone, so that its refusal delays nobody else's lines.
    const key = adapter.groupOf(row) ?? `row ${record}`;
    const group = held.get(key);
    if (group === undefined) held.set(key, { key, rows: [row], at: [record], ms });
    else {
      group.rows.push(row);
      group.at.push(record);
      group.ms = Math.max(group.ms, ms);
    }
  }
  yield* takeComplete(held, Number.POSITIVE_INFINITY);
}

/** Sorting is stable: transactions of the same moment keep the order in which the file began them. */
function takeComplete(held: Map<string, OpenGroup>, untilMs: number): readonly TimedGroup[] {
  const complete = [...held.values()].filter((group) => group.ms <= untilMs).sort((a, b) => a.ms - b.ms);
  for (const group of complete) held.delete(group.key);
  return complete;
}
