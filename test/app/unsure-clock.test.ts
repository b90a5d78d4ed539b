import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../edge/app.js';
import { loadConfig } from '../../edge/config/load.js';

it('the core is told when the clock jumps, and when it is right again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'endcap-clock-'));
  let offsetMs = 0;
  const demo = loadConfig(resolve('deploy/demo/store.yaml'), { ENDCAP_DATA: directory });
  const app = await createApp({
    config: { ...demo, http: { host: '127.0.0.1', port: 0 }, mqtt: { host: '127.0.0.1', port: 0 } },
    logLevel: 'fatal',
    version: 'test',
    simulated: false,
    system: {
      wallMs: () => Date.now() + offsetMs,
      monotonicMs: () => performance.now(),
      synchronised: () => false,
    },
    onFailure: (error) => {
      throw error;
    },
  });
  onTestFinished(async () => {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const { views } = app.engine;
  expect(views.clockSure()).toBe(true);
  offsetMs = 3_600_000;
  await expect.poll(() => views.clockSure(), { timeout: 10_000 }).toBe(false);
  offsetMs = 0;
  await expect.poll(() => views.clockSure(), { timeout: 10_000 }).toBe(true);
});
