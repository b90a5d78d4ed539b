import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreEvent } from '../../edge/contracts/index.js';
import { createEventStreams } from '../../edge/serve/stream.js';
import { createJournal, type StoreJournal } from '../../edge/store/journal.js';
import { until } from '../support/until.js';

let directory: string;
let journal: StoreJournal;
let server: Server;
let streams: ReturnType<typeof createEventStreams>;
const cuts: string[] = [];

const entry = (n: number): StoreEvent<'audit.entry'> => ({
  specversion: '1.0',
  id: `e${n}`,
  source: '/store/s/test',
  type: 'audit.entry',
  recordedtime: '2026-11-23T10:00:00.000Z',
  partitionkey: 'test',
  dataschema: 'audit.entry/1',
  data: { by: 'test', action: 'fill', target: 'x'.repeat(290), reason: 'y'.repeat(490) },
});

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'endcap-stream-'));
  journal = await createJournal({
    directory,
    quotaBytes: 256 * 1024 * 1024,
    nowMs: Date.now,
    source: '/store/s/journal',
    log: () => undefined,
  });
  for (let n = 0; n < 20; n += 1) {
    await journal.append(Array.from({ length: 1_000 }, (_, at) => entry(n * 1_000 + at)));
  }
  streams = createEventStreams({
    journal,
    limits: { stuckMs: 500, streamsMax: 2 },
    onCut: (reason) => cuts.push(reason),
  });
  const app = express();
  app.get('/', (_request, response) => {
    const reply = streams.open({ topic: 'audit.entry', after: 0 });
    if ('stream' in reply) reply.stream!(response);
    else response.status(429).end();
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  streams.close();
  server.closeAllConnections();
  server.close();
  await journal.close();
  rmSync(directory, { recursive: true });
});

const port = (): number => (server.address() as AddressInfo).port;
/** A client that asks and then takes nothing. */
function stuck() {
  const socket = connect(port(), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  return socket;
}

describe('D20 a reader that does not keep up', () => {
  it('is cut off by name, while a good one reads everything, and its place is free again', async () => {
    const frozen = stuck();
    const response = await fetch(`http://127.0.0.1:${port()}/`);
    expect((await fetch(`http://127.0.0.1:${port()}/`)).status).toBe(429);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    let events = 0;
    while (events < 20_000) {
      text += (await reader.read()).value!;
      const parts = text.split('\nevent: ');
      events += parts.length - 1;
      text = parts[parts.length - 1]!.slice(-20);
    }
    await until(() => cuts.length > 0, { withinMs: 10_000, what: 'the frozen reader to be cut' });
    expect(cuts).toEqual(['SlowConsumer']);
    await journal.append([entry(20_000)]);
    const { value } = await reader.read();
    expect(value).toContain('"id":"e20000"');
    const next = await fetch(`http://127.0.0.1:${port()}/`);
    expect(next.status).toBe(200);
    await next.body!.cancel();
    await reader.cancel();
    frozen.destroy();
  });

  it('control: with patience without end it would hold its place', async () => {
    const patient = createEventStreams({
      journal,
      limits: { stuckMs: 600_000, streamsMax: 1 },
      onCut: (reason) => cuts.push(reason),
    });
    const before = cuts.length;
    const app = express();
    let opened = 0;
    app.get('/', (_request, response) => {
      opened += 1;
      const reply = patient.open({ topic: 'audit.entry', after: 0 });
      if ('stream' in reply) reply.stream!(response);
      else response.status(429).end();
    });
    const held = createServer(app).listen(0, '127.0.0.1');
    await once(held, 'listening');
    const socket = connect((held.address() as AddressInfo).port, '127.0.0.1');
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => opened === 1, { withinMs: 5_000, what: 'the reader to be in' });
    const from = performance.now();
    await until(() => performance.now() - from > 1_500, {
      withinMs: 5_000,
      what: 'three times the patience',
    });
    expect(cuts).toHaveLength(before);
    expect((await fetch(`http://127.0.0.1:${(held.address() as AddressInfo).port}/`)).status).toBe(429);
    socket.destroy();
    patient.close();
    held.closeAllConnections();
    held.close();
  });
});
