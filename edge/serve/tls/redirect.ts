/** The plain port of a store with TLS: it sends browsers on, hands out the root, and takes nothing else. */
import { createServer, type Server } from 'node:http';
import { boundConnections } from '../connections.js';
import { isKnownHost, storeNames } from '../guards.js';
import { TRUST_PATH, type TrustPage } from './trust-page.js';

export interface RedirectDeps {
  readonly hostNames: readonly string[];
  readonly trustPage: TrustPage;
  /** Port of the pages over TLS, known once they listen. */
  readonly securePort: () => number;
  readonly onCut: (reason: string) => void;
}

const TIMEOUT_MS = 5_000;
const CONNECTIONS = { patienceMs: 6_000, perAddress: 100, all: 200 };

export function createRedirect(deps: RedirectDeps): Server {
  const names = storeNames(deps.hostNames);
  const server = createServer(
    { headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, keepAliveTimeout: 1, maxHeaderSize: 16 * 1024 },
    (request, response) => {
      const { method = '', url = '/', headers } = request;
      response.setHeader('connection', 'close');
      const end = (status: number, words: string): void => {
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
      };
      if (!isKnownHost(headers.host, names)) return end(400, 'That is not a name of this store.');
      if (method !== 'GET' && method !== 'HEAD') {
        // Whatever it carried has crossed the network in the clear: a redirect would hide that.
        return end(403, 'This port only sends browsers on to https. Nothing was taken.');
      }
      const path = url.split('?')[0]!;
      if (path.startsWith(TRUST_PATH)) {
        const answer = deps.trustPage.answer(path, headers['accept-language']);
        if (answer !== undefined) {
          response.writeHead(200, answer.headers).end(method === 'HEAD' ? undefined : answer.body);
          return;
        }
      }
      const host = headers.host!.replace(/:\d+$/, '');
      // Only a path: `//elsewhere` would name another host.
      const target = url.startsWith('/') && !url.startsWith('//') ? url : '/';
      response.writeHead(308, { location: `https://${host}:${deps.securePort()}${target}` }).end();
    },
  );
  boundConnections(server, CONNECTIONS, { cut: deps.onCut }).takeTurns();
  return server;
}
