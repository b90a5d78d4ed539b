import { connect } from 'node:net';
import { afterAll, beforeAll, it } from 'vitest';
import { until } from '../../support/until.js';
import { startTestStore, type TestStore } from '../support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

it('an upgrade to nothing is cut, behind an answered request too', async () => {
  const upgrade = (path: string): string =>
    `OPTIONS ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`;
  const first = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  for (const before of ['', first])
    for (const path of ['*', '/healthz', '/socket.iox']) {
      const socket = connect(Number(new URL(store.url).port), '127.0.0.1');
      let closed = false;
      socket
        .on('error', () => undefined)
        .on('close', () => {
          closed = true;
        });
      socket.resume().write(before + upgrade(path));
      await until(() => closed, { withinMs: 3_000, what: `the upgrade to ${path} to be cut` });
    }
});
