/**
 * The built store with one setting changed, for the negative controls of the fault suites. `ENDCAP_CONTROL` names the
 * setting; parameters are those of `endcap start`.
 */
import { once } from 'node:events';
import http from 'node:http';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { connect, Server, Socket } from 'node:net';
import { bridgeTopics } from '../../dist/cloud-bridge/topics.js';
import { createApp } from '../../dist/edge/app.js';
import { writeEndpoint } from '../../dist/edge/cli/endpoint.js';
import { loadConfig } from '../../dist/edge/config/load.js';
import { MQTT_LIMITS } from '../../dist/edge/ingest/mqtt/limits.js';

const KEPT = [];
const same = (value) => value;
const SETTINGS = {
  /** The journal says yes when a batch is handed over instead of when it is durable. */
  'acknowledge-early': { journalFaults: { acknowledgeEarly: true } },
  /** The disk confirms one family after the other. */
  'families-in-turn': { journalFaults: { familiesInTurn: true } },
  /** The write-ahead logs are folded in inside a commit, before it is answered. */
  'fold-in-commit': { journalFaults: { foldInCommit: true } },
  /** Events are stored as they are, so that deleting a shopper's key changes nothing. */
  unsealed: { journalFaults: { unsealed: true } },
  /** What goes to HQ counts as delivered when the connection took it instead of when HQ has confirmed it. */
  'deliver-on-write': { hqClientOf: trustTheConnection },
  'throw-malformed': () =>
    onMalformed((error) => {
      throw error;
    }),
  'keep-malformed': () => onMalformed(() => KEPT.push(Buffer.alloc(256 * 1024, 1))),
  'ponder-malformed': () => onMalformed(() => KEPT.push(1) % 100 === 0 && ponder(300)),
  unbounded: takeBoundsAway,
  'ponder-strangers': ponderStrangers,
  lenient: readLeniently,
  'print-incoming': printIncoming,
  /** Card numbers and names of persons' devices pass as they came. */
  unmasked: { masker: { text: same, data: same, unknown: same, document: same } },
  'deaf-to-withdrawals': hearNoWithdrawal,
};

/** The port to Kafka of somebody who takes a written byte for a delivered one. */
function trustTheConnection({ brokers }) {
  const [host, port] = brokers[0].split(':');
  const write = async (text) => {
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    await new Promise((done, fail) => socket.write(text, (error) => (error ? fail(error) : done())));
    socket.on('error', () => undefined).destroy();
  };
  return {
    send: (batch) => write(JSON.stringify(batch)),
    drop: async () => undefined,
    createTopics: async () => undefined,
    async describeTopics(names) {
      await write(JSON.stringify(names));
      const known = bridgeTopics(1).filter(({ name }) => names.includes(name));
      return known.map((topic) => ({ ...topic, replicas: 1 }));
    },
    endOffsets: async () => new Map(),
    close: async () => undefined,
  };
}

/** What the parser of MQTT does, beyond telling, with bytes that it does not understand. */
function onMalformed(alsoDo) {
  const Parser = createRequire(import.meta.url)('mqtt-packet/parser');
  const tell = Parser.prototype._emitError;
  Parser.prototype._emitError = function (error) {
    alsoDo(error);
    tell.call(this, error);
  };
}

/** What the store puts in the place of two readers of the parser is not taken: MQTT is read as mqtt-packet reads it. */
function readLeniently() {
  const Parser = createRequire(import.meta.url)('mqtt-packet/parser');
  for (const name of ['_parseString', '_newPacket']) {
    const own = Parser.prototype[name];
    Object.defineProperty(Parser.prototype, name, { get: () => own, set: () => undefined });
  }
}

/** What comes in over MQTT is printed as it came; HTTP is read below. */
function printIncoming() {
  const { push } = Socket.prototype;
  Socket.prototype.push = function (chunk, ...more) {
    if (chunk !== null && chunk !== undefined) process.stdout.write(chunk);
    return push.call(this, chunk, ...more);
  };
}

function ponder(ms) {
  for (const until = performance.now() + ms; performance.now() < until; );
}

/** Every hundredth connection holds the store up for a second before it has said anything, at each door. */
function ponderStrangers() {
  const { emit } = Server.prototype;
  Server.prototype.emit = function (name, ...what) {
    if (name === 'connection' && KEPT.push(1) % 100 === 0) ponder(1_000);
    return emit.call(this, name, ...what);
  };
}

/** Who takes a consent back is told that it is done, and it is not. */
function hearNoWithdrawal() {
  const { createServer } = http;
  http.createServer = (options, handler) =>
    createServer(options, (request, response) => {
      const withdraws = request.method === 'DELETE' && request.url.startsWith('/v1/consents/');
      if (!withdraws) return handler(request, response);
      response.setHeader('content-type', 'application/json').end('{"receiptId":"none"}');
    });
  syncBuiltinESMExports();
}

const HOUR_MS = 3_600_000;
/** Nobody who is slow or large is cut, over MQTT and HTTP. */
function takeBoundsAway() {
  const times = { connectMs: HOUR_MS, packetMs: HOUR_MS };
  const bytes = { packetBytesMax: Infinity, connectBytesMax: Infinity, filterBytesMax: Infinity };
  Object.assign(MQTT_LIMITS, times, bytes, { subscriptionsMax: Infinity });
  const { createServer } = http;
  http.createServer = (options, handler) =>
    createServer({ ...options, headersTimeout: 0, requestTimeout: 0 }, handler);
  syncBuiltinESMExports();
}

const setting = SETTINGS[process.env.ENDCAP_CONTROL];
if (setting === undefined) throw new Error(`ENDCAP_CONTROL is none of ${Object.keys(SETTINGS).join(', ')}`);
/** Some settings are changes to what the store is made of, others are made before it starts. */
const changes = typeof setting === 'function' ? void setting() : setting;
const parameter = (name) => process.argv[process.argv.indexOf(name) + 1];
const config = loadConfig(parameter('--config'), {
  ENDCAP_DATA: parameter('--data'),
  KAFKA_BROKERS: process.env.KAFKA_BROKERS,
});
const app = await createApp({
  config,
  logLevel: 'warn',
  version: 'control',
  simulated: false,
  onFailure: () => process.exit(70),
  ...changes,
});
const token = app.auth.issue({ role: 'admin', subject: 'local-commands' });
writeEndpoint(config.dataDirectory, { url: app.url, mqttUrl: app.mqttUrl, token, pid: process.pid });
process.on('SIGTERM', () => app.close().then(() => process.exit(0)));
