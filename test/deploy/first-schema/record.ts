/**
 * Records the data folder of the first program, for the suite of upgrades: `npx tsx test/deploy/first-schema/record.ts`.
 * Once under load and stopped, once more and killed, so that there is a state, a write-ahead log, and a backlog for HQ.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Acknowledged, registerDevices, startLoad } from '../../fault/support/acknowledged-load.js';
import { type RunningStore, startStoreIn } from '../../support/store.js';
import { buildOlderProgram, FIRST_COMMIT, olderStoreFolder } from '../support/older-program.js';

const HERE = resolve('test/deploy/first-schema');
const PER_SECOND = 300;
const LOAD_MS = 2_000;

async function post<T>(store: RunningStore, path: string, body: unknown): Promise<T> {
  const answer = await store.call(path, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function enrol(store: RunningStore): Promise<string> {
  const { sid } = await post<{ sid: string }>(store, '/v1/shoppers', {});
  const tag = 'iBeacon:e5ca1ade-f007-ba11-0000-000000000000-7-42';
  await post(store, `/v1/shoppers/${sid}/tags`, { tag });
  for (const purpose of ['location', 'profile']) {
    const consent = { sid, purpose, granted: true, textVersion: '2026-11', ageBand: '18+' };
    await post(store, '/v1/consents', consent);
  }
  return sid;
}

async function main(): Promise<void> {
  const program = buildOlderProgram(FIRST_COMMIT);
  const folder = olderStoreFolder(program);
  const acknowledged: Acknowledged = { shelf: new Set(), till: new Set() };
  let number = 0;
  const load = async (store: RunningStore, devices: Awaited<ReturnType<typeof registerDevices>>) => {
    const running = await startLoad({
      ...{ store, devices, perSecond: PER_SECOND, acknowledged },
      nextNumber: () => ++number,
    });
    await pause(LOAD_MS);
    return running;
  };
  let store = await startStoreIn(folder, { program: program.main });
  const sid = await enrol(store);
  const devices = await registerDevices(store);
  await (await load(store, devices)).stop();
  await store.stop();
  store = await store.restart();
  const running = await load(store, devices);
  await store.kill();
  await running.stop();
  const files = ['journal', 'keys', 'vault', 'lock', 'endpoint.json'];
  execFileSync(
    'tar',
    ['czf', join(HERE, 'data.tar.gz'), '--owner=0', '--group=0', '--exclude=ballast', ...files],
    {
      cwd: join(folder, 'data'),
    },
  );
  const recorded = {
    commit: FIRST_COMMIT,
    endedAt: new Date().toISOString(),
    sid,
    shelf: [...acknowledged.shelf],
    till: [...acknowledged.till],
  };
  writeFileSync(join(HERE, 'acknowledged.json'), `${JSON.stringify(recorded)}\n`);
  console.log(`${acknowledged.shelf.size} readings and ${acknowledged.till.size} sales were acknowledged`);
  rmSync(folder, { recursive: true });
  rmSync(program.root, { recursive: true });
}

await main();
