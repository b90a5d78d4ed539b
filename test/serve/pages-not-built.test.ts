import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mountPages, type PageDeps } from '../../edge/serve/page-routes.js';

const folder = mkdtempSync(join(tmpdir(), 'pages-'));
const app = express();
const server = app.listen(0, '127.0.0.1');
let url: string;

beforeAll(() => {
  const nobody = { ask: async () => ({ speakers: [] }) };
  const deps = { auth: {}, authenticator: nobody, pagesFolder: join(folder, 'signage-ui') };
  mountPages(app, deps as unknown as PageDeps);
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it.each(['/', '/login', '/me', '/screen', '/screen/screen-3'])(
  '%s says what to run where pages are not built',
  async (path) => {
    const answer = await fetch(url + path, { redirect: 'manual' });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('Run `npm run build`');
  },
);

it('an address that is no page stays unknown', async () => {
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
});
