import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreStatus } from '../../edge/contracts/index.js';
import { eventsOf } from '../support/shopper.js';
import { type RunningStore, startStore } from '../support/store.js';

const PROGRAM = resolve('dist/edge/main.js');

/** A command that is at it for longer is ended, and has no code of its own. */
const ENDS_MS = 60_000;
const NEVER_ENDED = -1;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function endcap(...parameters: string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(process.execPath, [PROGRAM, ...parameters], { timeout: ENDS_MS }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code ?? NEVER_ENDED), stdout, stderr });
    });
  });
}

describe('the commands', () => {
  let store: RunningStore;
  let scratch: string;
  const here = () => ['--config', join(store.directory, 'store.yaml'), '--data', store.data];

  beforeAll(async () => {
    store = await startStore();
    scratch = mkdtempSync(join(tmpdir(), 'endcap-cli-'));
  });
  afterAll(async () => {
    await store?.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('status says how the store is doing, for people and for programs', async () => {
    expect((await endcap('status', ...here())).stdout).toMatch(/^Store {6}store-014, up for/);
    const status = JSON.parse((await endcap('status', '--json', ...here())).stdout) as StoreStatus;
    expect(status).toMatchObject({ ready: true, link: { state: 'none' }, alarms: [] });
  });

  it('a stop that comes the moment the store is ready seals its state, like any other', async () => {
    for (let round = 0; round < 3; round += 1) {
      const other = await startStore({ simulate: true });
      try {
        expect(await other.stop()).toBe(0);
        expect(readdirSync(join(other.data, 'journal/checkpoints')).length).toBeGreaterThan(0);
        expect(existsSync(join(other.data, 'endpoint.json'))).toBe(false);
      } finally {
        await other.remove();
      }
    }
  });

  it('token makes a token that may do what its role may, and no more', async () => {
    const { stdout } = await endcap('token', '--role', 'viewer', ...here());
    const ask = (path: string, method = 'GET') =>
      fetch(store.url + path, { method, headers: { authorization: `Bearer ${stdout.trim()}` } });
    expect((await ask('/v1/stories')).status).toBe(200);
    expect((await ask('/v1/backups', 'POST')).status).toBe(403);
  });

  it('tail prints events as they happen', async () => {
    const tail = spawn(process.execPath, [PROGRAM, 'tail', 'audit.entry', '--json', ...here()]);
    try {
      const line = new Promise<string>((done) =>
        tail.stdout.once('data', (chunk: Buffer) => done(chunk.toString())),
      );
      const tokens = setInterval(() => void endcap('token', '--role', 'viewer', ...here()), 700);
      const event = JSON.parse((await line).split('\n')[0]!) as { type: string; data: { action: string } };
      clearInterval(tokens);
      expect(event).toMatchObject({ type: 'audit.entry', data: { action: 'token.issue' } });
    } finally {
      tail.kill();
    }
  });

  it('export writes a topic as one object a line', async () => {
    const file = join(scratch, 'campaigns.ndjson');
    expect((await endcap('export', 'hq.campaign', '-o', file, ...here())).code).toBe(0);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.length).toBe((await eventsOf(store, 'hq.campaign')).length);
    expect(JSON.parse(lines[0]!)).toMatchObject({ type: 'hq.campaign', specversion: '1.0' });
  });

  it('backup and restore bring the journal back under a new identity, without keys', {
    timeout: 60_000,
  }, async () => {
    const copy = join(scratch, 'copy');
    const before = await eventsOf(store, 'hq.campaign');
    const { journal } = JSON.parse((await endcap('status', '--json', ...here())).stdout) as StoreStatus;
    expect((await endcap('backup', copy, ...here())).stdout).toContain('Copied everything up to event');
    expect(existsSync(join(copy, 'keys'))).toBe(false);
    const other = await startStore();
    try {
      await other.stop();
      const there = [
        '--config',
        join(other.directory, 'store.yaml'),
        '--data',
        join(other.directory, 'restored'),
      ];
      const refused = await endcap(
        'restore',
        copy,
        '--config',
        join(other.directory, 'store.yaml'),
        '--data',
        other.data,
      );
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('holds a store already') });
      expect((await endcap('restore', copy, ...there)).code).toBe(0);
      rmSync(other.data, { recursive: true });
      const { renameSync } = await import('node:fs');
      renameSync(join(other.directory, 'restored'), other.data);
      const restored = await other.restart();
      const status = (await (await restored.call('/v1/status')).json()) as StoreStatus;
      expect(status.journal.jid).not.toBe(journal.jid);
      const ids = new Set((await eventsOf(restored, 'hq.campaign')).map(({ id }) => id));
      expect(before.every(({ id }) => ids.has(id))).toBe(true);
      await restored.remove();
    } finally {
      await other.remove();
    }
  });

  it('doctor looks at everything and names a cure for what is wrong', async () => {
    const findings = JSON.parse((await endcap('doctor', '--json', ...here())).stdout) as { what: string }[];
    expect(findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['Node.js', 'Disk', 'Data folder', 'Clock', 'Store', 'Link to HQ']),
    );
  });

  it.each(['http', 'mqtt'] as const)(
    'says that the port of %s is taken and where to change it, and ends',
    async (section) => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as AddressInfo;
      const path = join(store.directory, `${section}-taken.yaml`);
      const yaml = readFileSync(join(store.directory, 'store.yaml'), 'utf8');
      const taken = new RegExp(`(^${section}:\\n {2}host: 127\\.0\\.0\\.1\\n {2}port: )0$`, 'm');
      expect(yaml).toMatch(taken);
      writeFileSync(path, yaml.replace(taken, `$1${port}`));
      const ran = await endcap('start', '--config', path, '--data', join(scratch, `${section}-taken`));
      server.close();
      expect(ran).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`Port ${port} on 127.0.0.1 is taken`),
      });
    },
  );

  it('refuses a second store on the same data', async () => {
    const ran = await endcap('start', ...here());
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('Another store') });
  });

  it('ends with 2 on a wrong configuration, naming line and field', async () => {
    const path = join(store.directory, 'wrong.yaml');
    writeFileSync(
      path,
      readFileSync(join(store.directory, 'store.yaml'), 'utf8').replace('confirmS: 2', 'confirmS: soon'),
    );
    const ran = await endcap('start', '--check', '--config', path);
    expect(ran).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/wrong\.yaml:\d+ {2}\/presence\/confirmS: .*"soon"/),
    });
  });

  it('writes no token and no secret into its log', () => {
    expect(store.output().split('Press Ctrl-C')[1] ?? '').not.toContain('ec_');
  });

  it('--hq that cannot start stops no store, and says what is in the way', async () => {
    const without = await startStore({
      parameters: ['--hq'],
      environment: { JAVA_HOME: '/nowhere', XDG_CACHE_HOME: join(scratch, 'cache') },
    });
    try {
      await expect.poll(() => without.output(), { timeout: 20_000 }).toContain('--hq cannot start');
      const status = (await (await without.call('/v1/status')).json()) as StoreStatus;
      expect(status).toMatchObject({ ready: true, link: { state: 'offline', code: 'HqNotStarted' } });
    } finally {
      await without.remove();
    }
  });
});
