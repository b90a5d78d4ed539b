import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endcap, PROGRAM, type Ran } from '../support/endcap.js';
import { fakeStore } from '../support/fake-store.js';

const demo = resolve('deploy/demo/store.yaml');

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-trouble-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('backup', () => {
  /** Longer than any command waits for one answer. */
  const LONG_MS = 11_000;

  it('waits for a copy that takes long, and holds it until it has it', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'lent'));
    writeFileSync(join(folder, 'lent', 'keep-0000000000000001.db'), 'some bytes');
    const left: string[] = [];
    const { parameters } = await fakeStore((request, response) => {
      const say = (event: string, data: object): void =>
        void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      say('progress', { copiedBytes: 0, totalBytes: 4_400_000_000 });
      void pause(LONG_MS).then(() => say('done', { folder: join(folder, 'lent'), offset: 7 }));
      response.on('close', () => left.push(`${request.method} ${request.url}`));
    });
    const ran = await endcap(['backup', join(folder, 'copy'), ...parameters]);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('up to event 7') });
    expect(readdirSync(join(folder, 'copy', 'journal'))).toEqual(['keep-0000000000000001.db']);
    expect(JSON.parse(readFileSync(join(folder, 'copy', 'backup.json'), 'utf8'))).toMatchObject({
      offset: 7,
    });
    // The connection is what the store holds the copy by.
    expect(left).toEqual(['POST /v1/backups/stream']);
  });

  it.each([
    [
      'refuses',
      'event: refused\ndata: {"reason":"DiskFull","detail":"no space is left"}\n\n',
      'no space is left',
    ],
    ['stops', '', 'stopped before the copy was complete'],
  ])('says so when the store %s, and leaves nothing', async (_what, last, words) => {
    const folder = scratch();
    const { parameters } = await fakeStore((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`event: progress\ndata: {"copiedBytes":0,"totalBytes":10}\n\n${last}`);
    });
    const ran = await endcap(['backup', join(folder, 'copy'), ...parameters]);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
    expect(ran.stderr).not.toContain('    at ');
    expect(existsSync(join(folder, 'copy'))).toBe(false);
  });

  it('leaves no half of a copy that could not be written whole', async () => {
    const folder = scratch();
    const { parameters } = await fakeStore((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`event: done\ndata: {"folder":${JSON.stringify(join(folder, 'gone'))},"offset":1}\n\n`);
    });
    const ran = await endcap(['backup', join(folder, 'copy'), ...parameters]);
    expect(ran.code).toBe(1);
    expect(existsSync(join(folder, 'copy'))).toBe(false);
  });
});

describe('doctor', () => {
  const WHAT_LIES_HERE = ['Disk', 'Data folder', 'Clock', 'TLS', 'HTTP port', 'MQTT port'];
  const look = async (parameters: readonly string[]) => {
    const ran = await endcap(['doctor', '--json', ...parameters]);
    const findings = JSON.parse(ran.stdout) as { what: string; seen: string; cure?: string }[];
    return { ...ran, findings, of: (what: string) => findings.filter((one) => one.what === what) };
  };

  it('looks at all that lies here when the store has crashed, and says that it has', async () => {
    const { data, parameters } = await fakeStore(() => undefined);
    const left = join(data, 'endpoint.json');
    const endpoint = JSON.parse(readFileSync(left, 'utf8')) as object;
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(left, JSON.stringify({ ...endpoint, pid }));
    const seen = await look(parameters);
    expect(seen.code).toBe(1);
    expect(seen.of('Store')).toEqual([
      { what: 'Store', seen: expect.stringContaining(`process ${pid} is gone`), cure: expect.any(String) },
    ]);
    expect(seen.findings.map(({ what }) => what)).toEqual(expect.arrayContaining(WHAT_LIES_HERE));
  });

  it('does so, too, when another program has its number by now, or it hangs', async () => {
    const { parameters } = await fakeStore((request) => request.socket.destroy());
    const seen = await look(parameters);
    expect(seen.code).toBe(1);
    expect(seen.of('Store')).toEqual([
      { what: 'Store', seen: expect.stringContaining('does not answer'), cure: expect.any(String) },
    ]);
    expect(seen.findings.map(({ what }) => what)).toEqual(expect.arrayContaining(WHAT_LIES_HERE));
  });

  it('goes on when something cannot be looked at', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'vault'), { mode: 0o700 });
    writeFileSync(
      join(folder, 'vault', 'vault.sqlite'),
      'no database at all, but long enough to be taken for one',
    );
    const seen = await look(['--config', demo, '--data', folder]);
    expect(seen.of('Vault')).toEqual([expect.objectContaining({ cure: expect.any(String) })]);
    expect(seen.findings.map(({ what }) => what)).toEqual(expect.arrayContaining(['Clock', 'TLS']));
  });

  it('finds a clock without a time server only where one is to be expected', async () => {
    const folder = scratch();
    const [clock] = (await look(['--config', demo, '--data', folder])).of('Clock');
    expect(clock?.cure).toBeUndefined();
    cpSync(dirname(demo), join(folder, 'shop'), { recursive: true });
    const yaml = readFileSync(demo, 'utf8').replace('unsyncedHours: 0', 'unsyncedHours: 24');
    writeFileSync(join(folder, 'shop', 'store.yaml'), yaml);
    const [other] = (await look(['--config', join(folder, 'shop', 'store.yaml'), '--data', folder])).of(
      'Clock',
    );
    // A machine that has a time server finds nothing either way.
    if (!other?.seen.includes('set by')) expect(other?.cure).toContain('24 hours');
  });
});

/** A sentence on standard error, and no trace of a stack. */
function expectSentence({ stderr }: Ran, words: string | RegExp): void {
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/^ {4}at |node:internal/m);
}

describe('what the system refuses is said in a sentence', () => {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  /** Root may do everything: there the program runs as nobody. */
  const asNobody = isRoot ? { uid: 65_534 } : {};

  function backupIn(folder: string): string {
    const source = join(folder, 'backup');
    mkdirSync(join(source, 'journal'), { recursive: true });
    writeFileSync(join(source, 'backup.json'), '{}');
    writeFileSync(join(source, 'journal', 'keep-0000000000000001.db'), 'some bytes');
    return source;
  }

  it.runIf(isRoot)('start in a new folder on a full disk', async () => {
    const disk = join(scratch(), 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'endcap-test', disk]);
    onTestFinished(() => void execFileSync('umount', ['-l', disk]));
    const { bavail, bsize } = statfsSync(disk);
    for (const leftBytes of [0, 100_000]) {
      writeFileSync(join(disk, 'foreign'), Buffer.alloc(bavail * bsize - leftBytes));
      const ran = await endcap(['start', '--config', demo, '--data', join(disk, `data-${leftBytes}`)]);
      expectSentence(ran, 'The disk is full');
      expect(ran.code).toBe(1);
      rmSync(join(disk, `data-${leftBytes}`), { recursive: true, force: true });
    }
  });

  it('restore without permission, and from a folder that cannot be read', async () => {
    const folder = scratch();
    const source = backupIn(folder);
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    if (!isRoot) chmodSync(join(folder, 'closed'), 0o500);
    const closed = join(folder, 'closed', 'data');
    const toClosed = await endcap(['restore', source, '--config', demo, '--data', closed], asNobody);
    expectSentence(toClosed, /No permission for .*closed/);
    chmodSync(source, isRoot ? 0o700 : 0o000);
    onTestFinished(() => chmodSync(source, 0o700));
    const unread = await endcap(['restore', source, '--config', demo, '--data', join(folder, 'x')], asNobody);
    expectSentence(unread, /No permission for .*backup/);
  });

  it.each(['restore', 'start'])('%s with --data that names a file', async (command) => {
    const folder = scratch();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const first = command === 'restore' ? ['restore', backupIn(folder)] : ['start'];
    const ran = await endcap([...first, '--config', demo, '--data', file]);
    expectSentence(ran, /file is a file/);
    expect(ran.code).toBe(1);
  });

  it('export to a place that is not there, or a folder', async () => {
    const { parameters } = await fakeStore((_request, response) => response.end('{"events":[],"next":""}'));
    const nowhere = await endcap(['export', 'tick', '-o', '/nonexistent/x', ...parameters]);
    expectSentence(nowhere, '/nonexistent/x is not there');
    const folder = await endcap(['export', 'tick', '-o', tmpdir(), ...parameters]);
    expectSentence(folder, 'is a folder, where a file is needed');
    expect([nowhere.code, folder.code]).toEqual([1, 1]);
  });
});

describe('who reads along', () => {
  const event = { recordedtime: '2026-11-30T10:00:00Z', type: 'tick', partitionkey: 'p', data: {} };

  async function readOneLine(...parameters: string[]): Promise<{ code: number | null; stderr: string }> {
    const child = spawn(process.execPath, [PROGRAM, ...parameters]);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise<number | null>((done) => child.once('exit', done));
    return { code, stderr };
  }

  it('export ends without a word when nobody reads any more', async () => {
    const page = { events: Array.from({ length: 1_000 }, () => event), next: 'more' };
    const { parameters } = await fakeStore((_request, response) => response.end(JSON.stringify(page)));
    expect(await readOneLine('export', 'tick', ...parameters)).toEqual({ code: 0, stderr: '' });
  });

  it('tail ends without a word when nobody reads any more', async () => {
    const { parameters } = await fakeStore((_request, response) => {
      const timer = setInterval(() => response.write(`data: ${JSON.stringify(event)}\n\n`), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await readOneLine('tail', 'tick', ...parameters)).toEqual({ code: 0, stderr: '' });
  });

  it('tail says that the store has stopped, and tells it from one that broke off', async () => {
    const ends = await fakeStore((_request, response) => response.end(`data: ${JSON.stringify(event)}\n\n`));
    const stopped = await endcap(['tail', 'tick', ...ends.parameters]);
    expect(stopped).toMatchObject({ code: 0, stderr: 'The store has stopped.\n' });
    const breaks = await fakeStore((request, response) => {
      response.write(`data: ${JSON.stringify(event)}\n\n`, () => request.socket.destroy());
    });
    const killed = await endcap(['tail', 'tick', ...breaks.parameters]);
    expectSentence(killed, 'The connection to the store broke');
    expect(killed.code).toBe(1);
  });
});

describe('what is not meant is refused with 2', () => {
  it.each([
    [['token', '--role', 'viewer', '--hours', 'abc'], /--hours .*a number above 0/],
    [['token', '--role', 'viewer', '--hours', '-1'], /--hours .*a number above 0/],
    [['export', 'tick', '--from', 'yesterday'], /A time looks like 2026-/],
    [['audit', 'export', '--to', '2026-13-01'], /A time looks like 2026-/],
    [['start', '--speed', '5'], /--speed says how fast a file is replayed/],
  ] as const)('%j', async (words, said) => {
    const asked: string[] = [];
    const { parameters } = await fakeStore((request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    });
    const ran = await endcap([...words, ...parameters]);
    expectSentence(ran, said);
    expect(ran.code).toBe(2);
    expect(asked).toEqual([]);
  });
});

describe('a replay', () => {
  it.each([['replay'], ['start', '--replay']])('%s %s keeps to ENDCAP_DATA', async (...words) => {
    const folder = scratch();
    const lines = join(folder, 'lines.csv');
    writeFileSync(lines, readFileSync(resolve('test/adapters/file/online-retail.csv')));
    mkdirSync(join(folder, 'elsewhere', 'replay', 'journal'), { recursive: true });
    // A store that is there already is what it stumbles over, and names.
    const options = { environment: { ENDCAP_DATA: join(folder, 'elsewhere') }, cwd: folder };
    const ran = await endcap([...words, lines, '--config', demo], options);
    expectSentence(ran, `${join(folder, 'elsewhere', 'replay')} holds a store of its own`);
    expect(ran.code).toBe(2);
  });
});
