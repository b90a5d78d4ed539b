/** The peers of the comparison, each as a program of its own with a way to speak to it and a way to end it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import { freePort } from '../../support/free-port.js';
import { until } from '../../support/until.js';
import { type Place, placeOf } from './held.js';

export interface Peer {
  readonly place: Place;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The floor: what a store of this make cannot be faster than. */
export async function startBare(): Promise<Peer> {
  const child = spawn(process.execPath, [here('bare.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const port = await until(() => /listening on (\d+)/.exec(said)?.[1], {
    withinMs: READY_WITHIN_MS,
    what: 'the bare path',
  });
  return {
    place: placeOf(`mqtt://127.0.0.1:${port}`, 'bench/decision'),
    stop: () => end(child),
  };
}

/** Node-RED with one flow that does the same, in front of Mosquitto as it usually stands. */
export async function startNodeRed(): Promise<Peer> {
  const red = resolve('test/bench/peers/node_modules/node-red/red.js');
  if (!existsSync(red)) {
    execFileSync('npm', ['ci', '--prefix', 'test/bench/peers'], { stdio: 'inherit' });
  }
  const folder = mkdtempSync(join(tmpdir(), 'endcap-node-red-'));
  const [mqttPort, port] = [await freePort(), await freePort()];
  const broker = startMosquitto(folder, mqttPort);
  await until(() => answers(mqttPort), { withinMs: READY_WITHIN_MS, what: 'Mosquitto' });
  copyFileSync(here('node-red-settings.cjs'), join(folder, 'settings.cjs'));
  copyFileSync(here('node-red-flows.json'), join(folder, 'flows.json'));
  const child = spawn(
    process.execPath,
    [red, '--userDir', folder, '--settings', join(folder, 'settings.cjs')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ENDCAP_PEER_PORT: String(port), ENDCAP_PEER_MQTT: String(mqttPort) },
    },
  );
  child.stdout.resume();
  const mqttUrl = `mqtt://127.0.0.1:${mqttPort}`;
  await until(() => decides(mqttUrl), { withinMs: READY_WITHIN_MS, everyMs: 500, what: 'Node-RED' });
  return {
    place: placeOf(mqttUrl, 'bench/decision'),
    async stop() {
      await Promise.all([end(child), end(broker)]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** Nothing is dropped for want of a setting: its own limits would lose messages that Node-RED could still take. */
function startMosquitto(folder: string, port: number): ChildProcess {
  const config = join(folder, 'mosquitto.conf');
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence false',
    'max_queued_messages 0',
    'max_inflight_messages 0',
    'set_tcp_nodelay true',
    'log_type error',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return spawn('mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** It answers a sighting with a decision: the flow runs and is connected. */
async function decides(mqttUrl: string): Promise<boolean> {
  const client = await mqtt.connectAsync(mqttUrl, { clientId: 'are-you-there', reconnectPeriod: 0 });
  try {
    const heard = new Promise<boolean>((done) => {
      client.once('message', () => done(true));
      setTimeout(() => done(false), 400);
    });
    await client.subscribeAsync('bench/decision', { qos: 1 });
    await client.publishAsync('espresense/devices/warm/up', JSON.stringify({ rssi: -60, seq: 0 }), {
      qos: 1,
    });
    return await heard;
  } finally {
    await client.endAsync(true);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  return ended;
}
