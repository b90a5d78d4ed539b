import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeDurably } from '../../edge/ops/durable-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-durable-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('puts a file in the place of another, for its own user alone, and leaves nothing beside it', () => {
  const path = join(folder, 'key');
  // What a crash left, readable by all.
  writeFileSync(`${path}.part`, 'half a ke', { mode: 0o644 });
  writeDurably(path, 'a key');
  writeDurably(path, Buffer.from('another key'));
  expect(readFileSync(path, 'utf8')).toBe('another key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['key']);
});

it('may be read by others where that is said', () => {
  writeDurably(join(folder, 'certificate'), 'public', 0o644);
  expect(statSync(join(folder, 'certificate')).mode & 0o777).toBe(0o644);
});

it('leaves the file as it was where the new one cannot be written', () => {
  const path = join(folder, 'gone', 'key');
  expect(() => writeDurably(path, 'a key')).toThrow(/ENOENT/);
  expect(readdirSync(folder)).toEqual([]);
});
