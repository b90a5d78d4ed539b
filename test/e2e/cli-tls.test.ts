/** The commands against a store that speaks TLS, as the built program; and how a till gets its certificate by hand. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callHttps } from '../serve/tls/support.js';
import { type RunningStore, startStore } from '../support/store.js';

const PROGRAM = resolve('dist/edge/main.js');

describe('the commands, over TLS', () => {
  let store: RunningStore;
  let scratch: string;
  let root: string;
  const endcap = (parameters: readonly string[], environment: Record<string, string> = {}) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
      const env = { ...process.env, ...environment };
      execFile(process.execPath, [PROGRAM, ...parameters], { env }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  const here = () => ['--config', join(store.directory, 'store.yaml'), '--data', store.data];
  const api = async (method: string, path: string, body: object) =>
    JSON.parse(
      (
        await callHttps({ host: '127.0.0.1', port: Number(new URL(store.url).port) }, path, {
          ca: root,
          method,
          headers: { authorization: `Bearer ${store.token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).text,
    );

  beforeAll(async () => {
    store = await startStore({
      change: (yaml) =>
        yaml.replace(/^http:\n/m, 'http:\n  tls: {}\n').replace(/^mqtt:\n/m, 'mqtt:\n  tls: {}\n'),
    });
    scratch = mkdtempSync(join(tmpdir(), 'endcap-cli-tls-'));
    root = readFileSync(join(store.data, 'keys', 'tls', 'authority.crt'), 'utf8');
  }, 60_000);
  afterAll(async () => {
    await store?.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('speak to the store on this machine without being told its root', async () => {
    expect(store.url).toMatch(/^https:/);
    expect((await endcap(['status', ...here()])).stdout).toMatch(/^Store {6}store-014/);
  });

  it('cert issue makes files that a device can use, renew brings new ones, revoke ends it', async () => {
    await api('POST', '/v1/devices', { name: 'beverages-1', kind: 'device' });
    const issued = await endcap(['cert', 'issue', '--device', 'beverages-1', '-o', scratch, ...here()]);
    expect(issued).toMatchObject({ code: 0, stderr: '' });
    const key = join(scratch, 'beverages-1.key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const options = {
      ca: readFileSync(join(scratch, 'endcap-root.crt')),
      cert: readFileSync(join(scratch, 'beverages-1.crt')),
      key: readFileSync(key),
      clientId: 'beverages-1',
      reconnectPeriod: 0,
    };
    const client = await connectAsync(store.mqttUrl, options);
    const closed = new Promise<void>((done) => client.once('close', () => done()));
    client.on('error', () => undefined);
    const before = await endcap(['cert', 'list', '--json', ...here()]);
    expect((await endcap(['cert', 'renew', ...here()])).code).toBe(0);
    const after = await endcap(['cert', 'list', '--json', ...here()]);
    const serials = (text: string, kind: string) =>
      (JSON.parse(text) as { kind: string; serial: string }[])
        .filter((row) => row.kind === kind)
        .map((row) => row.serial);
    expect(serials(after.stdout, 'pages')).not.toEqual(serials(before.stdout, 'pages'));
    expect(serials(after.stdout, 'root')).toEqual(serials(before.stdout, 'root'));
    expect(client.connected).toBe(true);
    const revoked = await endcap(['cert', 'revoke', '--device', 'beverages-1', ...here()]);
    expect(revoked.stdout).toMatch(/^Taken back: [0-9A-F]{32}\n$/);
    await closed;
    await expect(connectAsync(store.mqttUrl, options, false)).rejects.toThrow();
  }, 30_000);

  it('cert issue takes the request of a device that keeps its key, and says what is wrong with another', async () => {
    await api('POST', '/v1/devices', { name: 'snacks-1', kind: 'device' });
    const file = join(scratch, 'request.pem');
    const openssl = ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    await new Promise((done) =>
      execFile(
        'openssl',
        [...openssl, '-keyout', join(scratch, 'own.key'), '-subj', '/CN=whoever', '-out', file],
        done,
      ),
    );
    const issue = (device: string, csr: string) =>
      endcap(['cert', 'issue', '--device', device, '--csr', csr, '-o', scratch, ...here()]);
    expect((await issue('snacks-1', file)).stdout).toContain('for snacks-1, good until');
    expect((await issue('nobody-9', file)).stderr).toContain('no device nobody-9 is registered');
    writeFileSync(file, 'not a request');
    expect((await issue('snacks-1', file)).stderr).toContain('not a certificate request');
  });

  it('doctor says what ends when', async () => {
    const { stdout } = await endcap(['doctor', ...here()]);
    expect(stdout).toMatch(/good {2}TLS +nothing is spoken in the clear/);
    expect(stdout).toMatch(/good {2}Certificate +server of the pages: ends \d{4}-\d\d-\d\d, 89 days left/);
  });

  it('simulate reaches a store elsewhere by its root, and a wrong root reaches none', async () => {
    const rootFile = join(store.data, 'keys', 'tls', 'authority.crt');
    const simulate = (ca: readonly string[]) =>
      endcap(
        [
          'simulate',
          ...['--config', join(store.directory, 'store.yaml'), '--data', scratch],
          ...['--url', store.url, '--mqtt-url', store.mqttUrl, '--duration', '3', '--seed', 'tls'],
          ...ca,
        ],
        { ENDCAP_TOKEN: store.token },
      );
    const { stdout } = await simulate(['--ca', rootFile]);
    const report = JSON.parse(stdout) as { sent: { sighting: number }; errors: number };
    expect(report.sent.sighting).toBeGreaterThan(0);
    expect(report.errors).toBe(0);
    const stranger = await simulate([]);
    expect(stranger.code).toBe(1);
    expect(stranger.stderr).toContain('name its root with --ca');
  }, 60_000);
});
