import { execFile } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connectAsync } from 'mqtt';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { recordedFolder } from '../deploy/support/recorded-store.js';
import { keptPromise } from '../support/promise.js';
import { enrol } from '../support/shopper.js';
import { type RunningStore, startStore, startStoreIn } from '../support/store.js';
import { until } from '../support/until.js';

const PASSWORD = 'canary horse battery 7391';
const WRONG_PASSWORD = 'canary mule accumulator 2840';
const WRONG_TOKEN = 'ec_canaryWrongTokenThatNobodyHolds_0123456789';
/** For whoever may read the folder: the token of local commands, and the secret of coupon codes. Neither is in a backup. */
const IN_THE_CLEAR = ['endpoint.json', 'keys/salt'];

interface Found {
  readonly where: string;
  readonly secret: string;
}

/** Where any of the secrets stands, by the name of the secret. */
function leaks(places: ReadonlyMap<string, string>, secrets: ReadonlyMap<string, string>): Found[] {
  return [...places].flatMap(([where, text]) =>
    [...secrets].filter(([, value]) => text.includes(value)).map(([secret]) => ({ where, secret })),
  );
}

/** A page of SQLite may end within a word: one of them is whole. */
const holdsPolicy = (places: ReadonlyMap<string, string>, where: RegExp): boolean =>
  [...places].some(
    ([name, text]) =>
      where.test(name) &&
      ['consentDays', 'hysteresisDb', 'maxValueMinor'].some((word) => text.includes(word)),
  );

function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const paths = names.filter((name) => lstatSync(join(folder, name)).isFile());
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'latin1')]));
}

describe('S19 secrets stay secret', () => {
  let store: RunningStore;
  const secrets = new Map<string, string>();
  const places = new Map<string, string>();
  let live: Map<string, string>;
  const open = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(store.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const endcap = (...words: string[]): Promise<string> =>
    new Promise((done) => {
      const at = ['--config', join(store.directory, 'store.yaml'), '--data', store.data];
      execFile(process.execPath, [resolve('dist/edge/main.js'), ...words, ...at], (_error, out, problem) =>
        done(out + problem),
      );
    });

  /** Everything that is held is used, rightly and wrongly, in every place where a client may put it. */
  async function use(token: string): Promise<void> {
    await fetch(`${store.url}/v1/journal?token=${token}`);
    await fetch(`${store.url}/v1/${token}`);
    await fetch(`${store.url}/v1/journal`, { headers: { authorization: `Bearer ${token}` } });
    await fetch(`${store.url}/v1/journal`, { headers: { authorization: `Basic ${token}` } });
    await fetch(`${store.url}/v1/journal`, { headers: { cookie: `endcap=${token}; session=${token}` } });
    await open('/v1/session', { token: `${token}x` });
    await open('/v1/session', `{"token":"${token}"`);
    await connectAsync(store.mqttUrl, { username: 'till-9', password: token, reconnectPeriod: 0 }).catch(
      () => undefined,
    );
    for (const namespace of ['/staff', '/signage', '/shopper']) {
      const socket = io(store.url + namespace, { auth: { token }, forceNew: true, reconnection: false });
      await new Promise<void>((done) => {
        socket.on('connect', () => done());
        socket.on('connect_error', () => done());
      });
      socket.disconnect();
    }
  }

  beforeAll(async () => {
    // Stopped once, so that a sealed state lies there, and in the backup.
    store = await startStore();
    await store.stop();
    store = await startStoreIn(store.directory, { parameters: ['--log-level', 'debug'] });
    const code = await until(() => /Claim code {2}(\S+)/.exec(store.output())?.[1], {
      withinMs: 10_000,
      what: 'the claim code',
    });
    const claimed = await open('/v1/claim', { code, name: 'sam', password: PASSWORD });
    secrets.set('session', (claimed.headers.get('set-cookie') ?? '').split(/[=;]/)[1] ?? '');
    secrets.set('password', PASSWORD);
    secrets.set('wrong password', WRONG_PASSWORD);
    secrets.set('wrong token', WRONG_TOKEN);
    await open('/v1/session', { name: 'sam', password: PASSWORD });
    await open('/v1/session', { name: 'sam', password: WRONG_PASSWORD });
    await open('/v1/session', { name: WRONG_PASSWORD, password: 'sam' });
    const till = await store.call('/v1/devices', {
      method: 'POST',
      body: JSON.stringify({ name: 'till-9', kind: 'till' }),
    });
    secrets.set('token of a till', ((await till.json()) as { token: string }).token);
    secrets.set('link of a shopper', new URL((await enrol(store)).link).searchParams.get('token') ?? '');
    secrets.set('token of local commands', store.token);
    secrets.set(
      'token of the command',
      /(ec_\S+)/.exec(await endcap('token', '--role', 'viewer'))?.[1] ?? '',
    );
    secrets.set('salt of coupon codes', readFileSync(join(store.data, 'keys/salt'), 'utf8'));
    for (const value of [...secrets.values()]) await use(value);
    places.set('arguments', readFileSync(`/proc/${store.process.pid}/cmdline`, 'utf8'));
    places.set('environment', readFileSync(`/proc/${store.process.pid}/environ`, 'utf8'));
    places.set('figures', await (await fetch(`${store.url}/metrics`)).text());
    for (const words of [['status'], ['doctor'], ['audit', 'export', '--format', 'csv']])
      places.set(`endcap ${words[0]}`, await endcap(...words));
    places.set('a backup says', await endcap('backup', join(store.directory, 'copy')));
    places.set('journal', await (await store.call('/v1/journal?limit=200')).text());
    places.set('problems', await (await store.call('/v1/quarantine')).text());
    live = filesOf(store.data);
    await store.stop();
    places.set('log', store.output());
    for (const [path, text] of live) if (!IN_THE_CLEAR.includes(path)) places.set(`running/${path}`, text);
    for (const [path, text] of filesOf(store.data))
      if (!IN_THE_CLEAR.includes(path)) places.set(`stopped/${path}`, text);
    for (const [path, text] of filesOf(join(store.directory, 'copy'))) places.set(`copy/${path}`, text);
  }, 120_000);
  afterAll(() => store?.remove());

  it('in no log, argument, figure, command, file or backup', () => {
    expect([...secrets].filter(([, value]) => value.length < 12)).toEqual([]);
    expect(places.get('log')).toContain('Press Ctrl-C');
    expect(places.get('log')).not.toContain('ec_');
    expect([...places.keys()].filter((where) => where.startsWith('copy/')).length).toBeGreaterThan(2);
    // The policy is where an earlier version wrote the salt: it is searched in journal, sealed state and backup.
    const searched = [
      /^stopped\/journal\/keep-/,
      /^stopped\/.*checkpoint-/,
      /^copy\/journal\/keep-/,
      /^copy\/.*checkpoint-/,
    ];
    expect(searched.filter((where) => !holdsPolicy(places, where)).map(String)).toEqual([]);
    expect(leaks(places, secrets)).toEqual([]);
    keptPromise({
      promise: 'S19',
      what: 'secrets in use, searched for in log, arguments, figures, commands, every file and a backup',
      figure: `${secrets.size} secrets, ${places.size} places, 0 leaks; files 0600, folders 0700`,
      control:
        'the two files that hold a secret in the clear, not left out, are found; so is the salt in a journal of the first program',
    });
  });

  it('in files that nobody else may read', () => {
    const all = ['', ...readdirSync(store.data, { recursive: true, encoding: 'utf8' })];
    const wrong = all.filter((name) => {
      const stats = lstatSync(join(store.data, name));
      return (stats.mode & 0o777) !== (stats.isDirectory() ? 0o700 : 0o600);
    });
    expect(wrong).toEqual([]);
  });

  it('would notice one: the file of local commands, not left out, holds its token', () => {
    expect(leaks(live, secrets)).toEqual([
      { where: 'endpoint.json', secret: 'token of local commands' },
      { where: 'keys/salt', secret: 'salt of coupon codes' },
    ]);
  });

  it('would notice one: the first program wrote the salt to its journal and its state', () => {
    const folder = recordedFolder();
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const files = filesOf(join(folder, 'data'));
    const found = leaks(files, new Map([['salt', files.get('keys/salt') ?? '']]));
    const where = [/^journal\/keep-/, /checkpoint-/, /^keys\/salt$/];
    for (const place of where) expect(found.some((one) => place.test(one.where))).toBe(true);
  });
});
