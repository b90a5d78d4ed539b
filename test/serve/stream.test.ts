import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
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
});
afterAll(async () => {
  await journal.close();
  rmSync(directory, { recursive: true });
});

/** The stream on a server of its own; `cuts` names whom it cut off. */
async function serve(stuckMs: number) {
  const cuts: string[] = [];
  const streams = createEventStreams({
    journal,
    limits: { stuckMs, streamsMax: 2, heartbeatMs: 300 },
    onCut: (reason) => cuts.push(reason),
  });
  let opened = 0;
  const app = express();
  app.get('/', (_request, response) => {
    opened += 1;
    const reply = streams.open({ topic: 'audit.entry', after: 0 }, () => true);
    if ('stream' in reply) reply.stream!(response);
    else response.status(429).end();
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    cuts,
    opened: () => opened,
    ask: () => fetch(`http://127.0.0.1:${port}/`),
    /** A client that asks and then takes nothing. */
    freeze: () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.pause();
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      return socket;
    },
    close: () => {
      streams.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Reads so many events and one more that is written then; resolves when all came. */
async function readAll(response: Response, count: number): Promise<void> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let events = 0;
  while (events < count) {
    text += (await reader.read()).value!;
    const parts = text.split('\nevent: ');
    events += parts.length - 1;
    text = parts[parts.length - 1]!.slice(-20);
  }
  await journal.append([entry(20_000)]);
  for (text = ''; !text.includes('\n\nid: '); ) text += `\n\n${(await reader.read()).value!}`;
  expect(text).toContain('"id":"e20000"');
  // And a sign of life while nothing happens.
  for (text = ''; !text.includes(': here'); ) text += (await reader.read()).value!;
  await reader.cancel();
}

describe('D20 a reader that does not keep up', () => {
  it('is cut off by name, while a good one reads everything, and its place is free again', async () => {
    const server = await serve(1_500);
    const frozen = server.freeze();
    await readAll(await server.ask(), 20_000);
    await until(() => server.cuts.length > 0, { withinMs: 10_000, what: 'the frozen reader to be cut' });
    expect(server.cuts).toEqual(['SlowConsumer']);
    for (const next of [await server.ask(), await server.ask()]) expect(next.status).toBe(200);
    frozen.destroy();
    server.close();
  });

  it('control: with patience without end it holds its place', async () => {
    const server = await serve(600_000);
    const sockets = [server.freeze(), server.freeze()];
    await until(() => server.opened() === 2, { withinMs: 5_000, what: 'both to be in' });
    const from = performance.now();
    await until(() => performance.now() - from > 3_000, {
      withinMs: 5_000,
      what: 'twice the patience of above',
    });
    expect(server.cuts).toEqual([]);
    expect((await server.ask()).status).toBe(429);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});
