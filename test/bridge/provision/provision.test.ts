import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cached } from '../../../cloud-bridge/provision/cache.js';
import { ComponentMissing } from '../../../cloud-bridge/provision/component.js';
import { lastCheckpoint, oneStatementALine } from '../../../cloud-bridge/provision/flink-job.js';
import { provisionKafka } from '../../../cloud-bridge/provision/jars.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-provision-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('the cache of components', () => {
  test('is filled once, also when several ask at the same time', async () => {
    let filled = 0;
    const entry = {
      name: 'part',
      recipe: 'one',
      fill: async (directory: string) => {
        filled += 1;
        await new Promise((done) => setImmediate(done));
        writeFileSync(join(directory, 'content'), 'x');
      },
    };
    const [first, second] = await Promise.all([cached(entry), cached(entry)]);
    expect(first).toBe(second);
    expect(filled).toBe(1);
    expect(readdirSync(first)).toContain('content');
  });

  test('another recipe is another folder', async () => {
    const fill = async () => undefined;
    const one = await cached({ name: 'part', recipe: 'one', fill });
    const two = await cached({ name: 'part', recipe: 'two', fill });
    expect(one).not.toBe(two);
  });

  test('what broke off half-way is not used and does not stop the next attempt', async () => {
    const failing = { name: 'part', recipe: 'one', fill: () => Promise.reject(new Error('no network')) };
    await expect(cached(failing)).rejects.toThrow('no network');
    await expect(cached({ ...failing, fill: async () => undefined })).resolves.toContain('part-');
  });

  test('the lock of a process that is gone does not last', async () => {
    const entry = { name: 'part', recipe: 'one', fill: async () => undefined };
    const directory = await cached(entry);
    rmSync(directory, { recursive: true });
    writeFileSync(`${directory}.lock`, '999999999');
    await expect(cached(entry)).resolves.toBe(directory);
  });
});

describe('a component that cannot be had', () => {
  test('no Java: says which package to install', async () => {
    vi.stubEnv('PATH', folder);
    vi.stubEnv('JAVA_HOME', '');
    const missing = await provisionKafka().catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(ComponentMissing);
    expect(missing).toMatchObject({ component: 'kafka', reason: 'CommandMissing' });
    expect(String(missing)).toContain('openjdk-17-jre-headless');
  });

  test('a Java that is too old: says which one is needed', async () => {
    vi.stubEnv('JAVA_HOME', folder);
    mkdirSync(join(folder, 'bin'));
    const java = join(folder, 'bin', 'java');
    writeFileSync(java, '#!/bin/sh\necho \'openjdk version "11.0.2" 2019-01-15\' >&2\n', { mode: 0o755 });
    await expect(provisionKafka()).rejects.toMatchObject({ reason: 'JavaTooOld' });
  });
});

describe('a Flink job', () => {
  test('gets one statement a line, without comments', () => {
    const sql = '-- why\nCREATE TABLE a (\n  `b` INT\n);\n\nINSERT INTO a\nSELECT 1;\n';
    expect(oneStatementALine(sql)).toBe('CREATE TABLE a ( `b` INT );\nINSERT INTO a SELECT 1;\n');
  });

  test('goes on from the newest checkpoint that is complete', () => {
    const put = (run: string, number: number, options: { complete: boolean; at: number }) => {
      const path = join(folder, 'checkpoints', run, `chk-${number}`);
      mkdirSync(path, { recursive: true });
      if (!options.complete) return path;
      writeFileSync(join(path, '_metadata'), '');
      utimesSync(join(path, '_metadata'), options.at, options.at);
      return path;
    };
    expect(lastCheckpoint(folder)).toBeUndefined();
    put('older', 90, { complete: true, at: 1_000 });
    const newest = put('newer', 4, { complete: true, at: 2_000 });
    put('newer', 5, { complete: false, at: 3_000 });
    writeFileSync(join(folder, 'checkpoints', 'started'), '');
    expect(lastCheckpoint(folder)).toBe(newest);
  });
});
