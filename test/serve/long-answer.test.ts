import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import express, { type Response } from 'express';
import { describe, expect, it } from 'vitest';
import type { Refusal } from '../../edge/contracts/index.js';
import { answerInLines } from '../../edge/serve/long-answer.js';
import { mountRoute } from '../../edge/serve/mount.js';
import { ok, type Reply, route } from '../../edge/serve/routes/route.js';
import { until } from '../support/until.js';
import { startTestStore } from './support.js';

type Work = (onProgress: (progress: object) => void) => Promise<object | Refusal>;

/** What a client reads of it, line by line. */
async function linesOf(work: Work): Promise<unknown[]> {
  const reply = (await answerInLines(work)) as Reply;
  const response = Object.assign(new PassThrough(), { req: { path: '/v1/long' } });
  reply.stream?.(response as unknown as Response);
  return (await text(response))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const nextTurn = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('an answer that takes its time', () => {
  it('tells how far it is, and at last what came of it', async () => {
    const lines = await linesOf(async (tell) => {
      await nextTurn();
      tell({ share: 0.1 });
      await nextTurn();
      tell({ share: 0.5 });
      return { differences: 3 };
    });
    expect(lines).toEqual([{ progress: { share: 0.5 } }, { result: { differences: 3 } }]);
  });

  it('ends with the refusal that comes when it has begun', async () => {
    const lines = await linesOf(async (tell) => {
      tell({ share: 0.1 });
      await nextTurn();
      return { reason: 'Busy', detail: 'a damaged segment is being repaired' };
    });
    expect(lines).toMatchObject([{ refusal: { status: 503, reason: 'Busy', instance: '/v1/long' } }]);
  });

  it('is an ordinary refusal before anything was told', async () => {
    const refusal: Refusal = { reason: 'Busy', detail: 'another what-if is running' };
    expect(await answerInLines(async () => refusal)).toEqual(refusal);
  });

  it('hears that who asked has gone', async () => {
    const app = express();
    let gone = false;
    const long = route({
      ...{ method: 'get', path: '/v1/long', tag: 'Test', summary: 'long', roles: 'anyone' },
      ...{ answers: {}, refusals: [] },
      handle: ({ onGone }) =>
        new Promise((resolve) => {
          onGone(() => {
            gone = true;
            resolve(ok({}));
          });
        }),
    });
    mountRoute(app, long, { authenticator: undefined as never });
    const server = app.listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const line = new AbortController();
    const { port } = server.address() as AddressInfo;
    const asked = fetch(`http://127.0.0.1:${port}/v1/long`, { signal: line.signal });
    await new Promise((done) => server.once('request', done));
    expect(gone).toBe(false);
    line.abort();
    await expect(asked).rejects.toThrow();
    await until(() => gone, { withinMs: 5_000, what: 'the word that nobody waits' });
    server.close();
  });

  it('is what /v1/simulate gives to who takes lines, and one document to anybody else', async () => {
    const store = await startTestStore();
    try {
      const ask = (headers: Record<string, string>) =>
        fetch(`${store.url}/v1/simulate`, {
          ...{ method: 'POST', body: '{"campaigns":[]}' },
          headers: { authorization: `Bearer ${store.token('admin')}`, ...headers },
        });
      const lines = await ask({ accept: 'application/x-ndjson' });
      expect(lines.headers.get('content-type')).toBe('application/x-ndjson');
      const last = (await lines.text()).trimEnd().split('\n').at(-1) ?? '';
      const { result } = JSON.parse(last) as { result: { events: number } };
      expect(result).toMatchObject({ differences: 0 });
      expect(await (await ask({})).json()).toMatchObject({ events: result.events, differences: 0 });
    } finally {
      await store.remove();
    }
  });
});
