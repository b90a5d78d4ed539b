/**
 * The floor under any store of this make: aedes, a writer thread that commits groups with `synchronous=FULL`, the
 * message committed before its acknowledgement and the decision before it is published. Nothing is validated, nobody
 * is asked who they are, and the rule says yes to everything. Prints its port; ends with SIGTERM.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Aedes } from 'aedes';
import Database from 'better-sqlite3';

const ROWS_MAX = 500;

if (isMainThread) await run();
else write(workerData.path);

/** The writer thread: an array of texts in, its number back when they are durable. */
function write(path) {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 4000');
  db.exec('CREATE TABLE event (offset INTEGER PRIMARY KEY, payload TEXT NOT NULL)');
  const insert = db.prepare('INSERT INTO event (payload) VALUES (?)');
  const commit = db.transaction((rows) => {
    for (const row of rows) insert.run(row);
  });
  parentPort.on('message', (rows) => {
    commit(rows);
    parentPort.postMessage(rows.length);
  });
}

async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-bare-'));
  const append = createAppend(join(folder, 'bare.db'));
  const broker = await Aedes.createBroker({
    authorizePublish(client, packet, done) {
      if (client === null) return done(null);
      const text = packet.payload.toString();
      append(text, () => {
        done(null);
        const { seq } = JSON.parse(text);
        const decision = JSON.stringify({ outcome: 'offered', seq });
        append(decision, () =>
          broker.publish(
            { topic: 'bench/decision', payload: decision, qos: 1, cmd: 'publish' },
            () => undefined,
          ),
        );
      });
    },
  });
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    broker.handle(socket);
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on ${server.address().port}\n`));
  process.on('SIGTERM', () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
}

/** One batch is with the writer, the next gathers meanwhile. */
function createAppend(path) {
  const writer = new Worker(new URL(import.meta.url), { workerData: { path } });
  let waiting = [];
  let underWay;
  const send = () => {
    if (underWay !== undefined || waiting.length === 0) return;
    underWay = waiting.slice(0, ROWS_MAX);
    waiting = waiting.slice(ROWS_MAX);
    writer.postMessage(underWay.map(({ text }) => text));
  };
  writer.on('message', () => {
    const durable = underWay;
    underWay = undefined;
    for (const { done } of durable) done();
    send();
  });
  return (text, done) => {
    waiting.push({ text, done });
    if (waiting.length === 1) queueMicrotask(send);
  };
}
