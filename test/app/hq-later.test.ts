import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../edge/app.js';
import { loadConfig } from '../../edge/config/load.js';
import type { StoreStatus } from '../../edge/contracts/index.js';

const READY_MS = 20_000;
let app: App | undefined;
let directory = '';
afterEach(async () => {
  await app?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function storeWith(hqStarting: Promise<readonly string[]>): Promise<App> {
  directory = mkdtempSync(join(tmpdir(), 'endcap-hq-'));
  const demo = loadConfig(resolve('deploy/demo/store.yaml'), { ENDCAP_DATA: directory });
  app = await createApp({
    config: { ...demo, http: { host: '127.0.0.1', port: 0 }, mqtt: { host: '127.0.0.1', port: 0 } },
    logLevel: 'fatal',
    version: 'test',
    simulated: false,
    hqStarting,
    onFailure: (error) => {
      throw error;
    },
  });
  return app;
}

async function status(store: App): Promise<StoreStatus> {
  const token = store.auth.issue({ role: 'admin', subject: 'test' });
  const answer = await fetch(`${store.url}/v1/status`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as StoreStatus;
}

describe('an HQ that takes its time', () => {
  it(
    'is not waited for: the store opens, takes events, and says that HQ is starting',
    async () => {
      let arrive: (brokers: readonly string[]) => void = () => undefined;
      const store = await storeWith(new Promise((done) => (arrive = done)));
      const before = await status(store);
      expect(before).toMatchObject({ ready: true, link: { state: 'starting' } });
      const audit = { by: 'anna', action: 'test', target: 'x' };
      await store.gate.admit([{ type: 'audit.entry', device: 'serve', data: audit }]);
      expect((await status(store)).link.waiting).toBeGreaterThan(before.link.waiting);
      // Nobody listens there: from here on it is an HQ that cannot be reached, as any other.
      arrive(['127.0.0.1:1']);
      await expect.poll(async () => (await status(store)).link.state, { timeout: 10_000 }).toBe('offline');
    },
    READY_MS,
  );

  it(
    'may fail to start: the store goes on, and says why',
    async () => {
      let fail: (error: Error) => void = () => undefined;
      const store = await storeWith(new Promise((_done, broken) => (fail = broken)));
      fail(new Error('Java 17 is missing'));
      await expect
        .poll(async () => (await status(store)).link, { timeout: 5_000 })
        .toMatchObject({ state: 'offline', code: 'HqNotStarted', detail: 'Java 17 is missing' });
      expect(await status(store)).toMatchObject({ ready: true, alarms: [{ code: 'HqNotStarted' }] });
    },
    READY_MS,
  );
});
