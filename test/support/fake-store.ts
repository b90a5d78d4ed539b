import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

/** What commands take for a running store: an endpoint file, and a server that says what the test wants. */
export async function fakeStore(answer: RequestListener): Promise<{ data: string; parameters: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-fake-'));
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoint = { url, mqttUrl: 'mqtt://127.0.0.1:1', token: 'ec_none', pid: process.pid };
  writeFileSync(join(data, 'endpoint.json'), JSON.stringify(endpoint));
  return { data, parameters: ['--config', resolve('deploy/demo/store.yaml'), '--data', data] };
}
