import { type ChildProcess, spawn } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connect, connectAsync, type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { brokerFindings } from '../../edge/cli/doctor-broker.js';
import { isType } from '../../edge/contracts/index.js';
import { ADAPTERS } from '../../edge/ingest/adapters/registry.js';
import { ACL_RULES } from '../../edge/serve/auth/acl.js';
import { describeWith, requireComponent } from '../support/components.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { openRim, temporaryFolder } from './support/rim.js';

const CONF = resolve('deploy/mosquitto.conf');
const ACL = resolve('deploy/mosquitto.acl');

/** One line of a password file, as `mosquitto_passwd` writes it. */
function passwordLine(name: string): string {
  const salt = Buffer.from('twelve bytes');
  const hash = pbkdf2Sync(`${name}-secret`, salt, 101, 64, 'sha512');
  return `${name}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}\n`;
}

/** Debian's Mosquitto with the files that ship; only places and the port are others. */
async function startShipped(change: (conf: string) => string = (conf) => conf) {
  const { path } = await requireComponent('mosquitto');
  const folder = temporaryFolder();
  const port = await freePort();
  writeFileSync(join(folder, 'endcap.passwd'), ['endcap', 'shelf-1', 'shelf-2'].map(passwordLine).join(''), {
    mode: 0o600,
  });
  writeFileSync(join(folder, 'endcap.acl'), readFileSync(ACL), { mode: 0o600 });
  const conf = readFileSync(CONF, 'utf8')
    .replaceAll('/etc/mosquitto/endcap.', `${folder}/endcap.`)
    .replace('/var/lib/mosquitto/', `${folder}/`)
    .replace('listener 1883', `listener ${port}`);
  writeFileSync(join(folder, 'mosquitto.conf'), `${change(conf)}\nuser root\n`);
  let child: ChildProcess | undefined;
  let said = '';
  const start = async (): Promise<void> => {
    child = spawn(path, ['-c', join(folder, 'mosquitto.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.includes(' running'), { withinMs: 10_000, what: 'mosquitto' }).catch(() => {
      throw new Error(`mosquitto does not run: ${said}`);
    });
    said = '';
  };
  const stop = async (): Promise<void> => {
    const ended = new Promise((done) => child?.once('exit', done));
    child?.kill('SIGTERM');
    await ended;
  };
  await start();
  onTestFinished(() => void child?.kill('SIGKILL'));
  const urlOf = (name: string, secret = `${name}-secret`): string =>
    `mqtt://${name}:${secret}@127.0.0.1:${port}`;
  return { port, urlOf, start, stop };
}

async function client(url: string, clientId: string): Promise<MqttClient> {
  const connected = await connectAsync(url, { clientId, reconnectPeriod: 0 });
  connected.on('error', () => undefined);
  onTestFinished(() => connected.endAsync(true));
  return connected;
}

const shelf = (count: number): string => JSON.stringify({ sku: 'DRK-0417', count });

it("the shipped ACL is the store's table", () => {
  const lines = readFileSync(ACL, 'utf8').split('\n');
  const shipped = lines.filter((line) => line.startsWith('pattern ')).sort();
  const table = ACL_RULES.flatMap(({ pattern, publish, subscribe }) => {
    // A client's own refusals and personal offers are the own broker's alone.
    if (pattern.includes('{client}')) return [];
    const topic = pattern.replaceAll('{self}', '%u').replaceAll('{any}', '+');
    return [
      ...(publish.includes('device') ? [`pattern write ${topic}`] : []),
      ...(subscribe.includes('device') ? [`pattern read ${topic}`] : []),
    ];
  });
  expect(shipped).toEqual(table.sort());
  const store = lines.filter((line) => line.startsWith('topic read ')).map((line) => line.split(' ')[2]!);
  const covered = (filter: string): boolean =>
    store.some((own) => own === filter || (own.endsWith('/#') && filter.startsWith(own.slice(0, -1))));
  expect(ADAPTERS.flatMap(({ topics }) => topics).filter((filter) => !covered(filter))).toEqual([]);
});

await describeWith(['mosquitto'], 'the shipped configuration of Mosquitto', () => {
  it('lets the store and devices speak, each device as itself, and nobody else', async () => {
    const broker = await startShipped();
    const rim = await openRim({ brokerUrl: broker.urlOf('endcap') });
    const counts = (): number[] =>
      rim.events().flatMap(({ event }) => (isType(event, 'shelf.reading') ? [event.data.count ?? -1] : []));
    const own = await client(broker.urlOf('shelf-1'), 'shelf-1');
    const other = await client(broker.urlOf('shelf-2'), 'shelf-2');
    await until(
      async () => {
        await own.publishAsync('endcap/v1/shelf/shelf-1', shelf(1), { qos: 1 });
        return counts().length > 0;
      },
      { withinMs: 10_000, what: 'the first reading' },
    );
    // In the name of another, and as a till: acknowledged, as MQTT 3.1.1 has it, and dropped.
    await other.publishAsync('endcap/v1/shelf/shelf-1', shelf(66), { qos: 1 });
    await other.publishAsync('endcap/v1/pos/shelf-2/transaction', '{', { qos: 1 });
    await other.publishAsync('endcap/v1/shelf/shelf-2', shelf(2), { qos: 1 });
    await until(() => counts().includes(2), { withinMs: 10_000, what: 'the own reading' });
    expect(counts()).not.toContain(66);
    expect(rim.counts.get('MalformedJson')).toBeUndefined();
    await expect(connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0 })).rejects.toThrow();
  }, 60_000);

  it('holds for the store what it did not take, more than a thousand, over a restart', async () => {
    const broker = await startShipped();
    // The session of a store, without the store: one that takes each into its journal would need half a minute.
    const session = { clientId: 'endcap-store-014', clean: false, reconnectPeriod: 0 };
    const before = await connectAsync(broker.urlOf('endcap'), session);
    await before.subscribeAsync('endcap/v1/shelf/+', { qos: 1 });
    await before.endAsync();
    const device = await client(broker.urlOf('shelf-1'), 'shelf-1');
    const sent = Array.from({ length: 1_200 }, (_, n) => shelf(n));
    await Promise.all(sent.map((text) => device.publishAsync('endcap/v1/shelf/shelf-1', text, { qos: 1 })));
    await broker.stop();
    await broker.start();
    const held: string[] = [];
    const after = connect(broker.urlOf('endcap'), session);
    onTestFinished(() => after.endAsync(true));
    after.on('message', (_topic, payload) => held.push(String(payload)));
    await until(() => held.length >= sent.length, { withinMs: 20_000, what: 'all that was held' });
    expect(held).toEqual(sent);
  }, 60_000);

  it('is found good by doctor, and each fault is named', async () => {
    const broker = await startShipped();
    const [good] = await brokerFindings(broker.urlOf('endcap'));
    expect(good).toMatchObject({ seen: expect.stringContaining('nobody without a name') });
    expect(good?.cure).toBeUndefined();
    const [wrong] = await brokerFindings(broker.urlOf('endcap', 'wrong'));
    expect(wrong?.cure).toContain('name and password');
    const [away] = await brokerFindings(`mqtt://127.0.0.1:${await freePort()}`);
    expect(away?.cure).toContain('Start that broker');
    const open = await startShipped((conf) => conf.replace('allow_anonymous false', 'allow_anonymous true'));
    const [anybody] = await brokerFindings(open.urlOf('endcap'));
    expect(anybody?.cure).toContain('allow_anonymous false');
  }, 60_000);
});
