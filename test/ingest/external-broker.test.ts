import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { isType } from '../../edge/contracts/index.js';
import { describeWith, requireComponent } from '../support/components.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { openRim, type TestRim, temporaryFolder } from './support/rim.js';

async function startMosquitto(): Promise<{ url: string; stop(): void; start(): Promise<void> }> {
  const { path } = await requireComponent('mosquitto');
  const port = await freePort();
  const file = join(temporaryFolder(), 'mosquitto.conf');
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n`);
  const url = `mqtt://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(path, ['-c', file], { stdio: 'ignore' });
    await until(
      () =>
        connectAsync(url, { reconnectPeriod: 0 }).then(
          (c) => c.endAsync().then(() => true),
          () => false,
        ),
      {
        withinMs: 10_000,
        what: 'mosquitto',
      },
    );
  };
  await start();
  onTestFinished(() => void child?.kill('SIGKILL'));
  return { url, start, stop: () => void child?.kill('SIGKILL') };
}

const counts = (rim: TestRim): number[] =>
  rim.events().flatMap(({ event }) => (isType(event, 'shelf.reading') ? [event.data.count ?? -1] : []));
const shelf = (count: number): string => JSON.stringify({ sku: 'DRK-0417', count });

await describeWith(['mosquitto'], 'a broker of the shop', () => {
  it('delivers, sets aside, hears decisions, and is missed when it is away', async () => {
    const mosquitto = await startMosquitto();
    const rim = await openRim({ brokerUrl: mosquitto.url });
    const device = await connectAsync(mosquitto.url, { clientId: 'shelf-1' });
    onTestFinished(() => device.endAsync(true));
    await device.subscribeAsync('endcap/v1/decision/#');
    const heard = new Promise<string>((resolve) =>
      device.once('message', (_topic, payload) => resolve(String(payload))),
    );
    // Published until the store's subscription is there: nothing tells a publisher when that is.
    await until(
      async () => {
        await device.publishAsync('endcap/v1/shelf/shelf-1', shelf(1), { qos: 1 });
        return counts(rim).length > 0;
      },
      { withinMs: 10_000, what: 'the first reading' },
    );
    await device.publishAsync('endcap/v1/shelf/shelf-1', '{', { qos: 1 });
    await device.publishAsync('endcap/v1/shelf/shelf-1', shelf(2), { qos: 1 });
    await until(() => counts(rim).at(-1) === 2, {
      withinMs: 10_000,
      what: 'the reading behind the broken one',
    });
    expect(rim.counts.get('MalformedJson')).toBe(1);
    rim.broker.publishLocal('endcap/v1/decision/beverages', 'offer', { qos: 1 });
    expect(await heard).toBe('offer');
    mosquitto.stop();
    await until(() => rim.alarms.list().some((alarm) => alarm.code === 'MqttBrokerAway'), {
      withinMs: 10_000,
      what: 'the alarm',
    });
    await mosquitto.start();
    await until(() => rim.alarms.list().length === 0, { withinMs: 10_000, what: 'the alarm to end' });
  }, 60_000);

  it('keeps what the store did not commit, and gives it to the next one', async () => {
    const mosquitto = await startMosquitto();
    const first = await openRim({ brokerUrl: mosquitto.url });
    const device = await connectAsync(mosquitto.url, { clientId: 'shelf-1' });
    onTestFinished(() => device.endAsync(true));
    await until(
      async () => {
        await device.publishAsync('endcap/v1/shelf/shelf-1', shelf(1), { qos: 1 });
        return counts(first).length > 0;
      },
      { withinMs: 10_000, what: 'the first reading' },
    );
    await first.close();
    await device.publishAsync('endcap/v1/shelf/shelf-1', shelf(2), { qos: 1 });
    const stuck = await openRim({
      brokerUrl: mosquitto.url,
      folder: first.folder,
      between: (journal) =>
        new Proxy(journal, {
          get: (target, name) =>
            name === 'append' ? () => new Promise(() => undefined) : Reflect.get(target, name),
        }),
    });
    await stuck.close();
    const third = await openRim({ brokerUrl: mosquitto.url, folder: first.folder });
    await until(() => counts(third).at(-1) === 2, {
      withinMs: 15_000,
      what: 'the reading that was not committed',
    });
    expect(counts(third).filter((count) => count === 2)).toHaveLength(1);
  }, 60_000);
});
