import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type App, createApp } from '../../edge/app.js';
import { loadConfig } from '../../edge/config/load.js';
import { recordedFolder } from '../deploy/support/recorded-store.js';

async function open(folder: string): Promise<App> {
  const config = loadConfig(join(folder, 'store.yaml'), { ENDCAP_DATA: join(folder, 'data') });
  return createApp({
    config: { ...config, http: { host: '127.0.0.1', port: 0 }, mqtt: { host: '127.0.0.1', port: 0 } },
    logLevel: 'fatal',
    version: 'test',
    simulated: false,
    onFailure: (error) => {
      throw error;
    },
  });
}

async function policiesOf(app: App): Promise<readonly string[]> {
  const token = app.auth.issue({ role: 'admin', subject: 'test' });
  const answer = await fetch(`${app.url}/v1/topics/hq.policy/events`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await answer.json()) as { events: { id: string }[] }).events.map(({ id }) => id);
}

it('a folder of a version that wrote the salt to its journal goes on with another one, which stands nowhere else', async () => {
  const folder = recordedFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const data = join(folder, 'data');
  const salt = (): string => readFileSync(join(data, 'keys/salt'), 'utf8');
  const journalled = salt();

  const first = await open(folder);
  const renewed = salt();
  expect(renewed).not.toBe(journalled);
  expect(first.engine.views.policy()).not.toHaveProperty('salt');
  const announced = await policiesOf(first);
  expect(announced.length).toBeGreaterThan(0);
  await first.close();

  // Once: the next start has nothing to say and nothing to renew.
  const second = await open(folder);
  expect(await policiesOf(second)).toEqual(announced);
  await second.close();
  expect(salt()).toBe(renewed);
  const checkpoints = join(data, 'journal/checkpoints');
  const newest = readdirSync(checkpoints).sort().at(-1)!;
  expect(readFileSync(join(checkpoints, newest), 'utf8')).not.toContain(journalled);
  for (const name of readdirSync(join(data, 'journal'), { recursive: true, encoding: 'utf8' }))
    expect(read(join(data, 'journal', name))).not.toContain(renewed);
});

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return '';
    throw error;
  }
}
