import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A folder as it is usually served, by joining the path to it: the control of the suites about paths. */
export async function serveJoined(folder: string): Promise<{ port: number; close(): void }> {
  const server = createServer((asked, response) => {
    try {
      const path = decodeURIComponent(asked.url ?? '').split('?')[0] ?? '';
      response.end(readFileSync(join(folder, path.replace(/^\/(assets|v1\/media|screen|trust)\//, '/'))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
