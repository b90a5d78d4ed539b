/**
 * `npm run dev`: the demo store from its sources beside a server of the pages. A saved page shows at once, a saved
 * file of the store starts the store anew; what is said to the store goes through to it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Connect, createServer, type ProxyOptions } from 'vite';

const STORE = process.env['ENDCAP_DEV_STORE'] ?? 'http://127.0.0.1:8080';
const PORT = Number(process.env['ENDCAP_DEV_PORT'] ?? 5173);
/** What the store answers, not the pages' server. */
const STORE_PATHS = ['/v1', '/socket.io', '/healthz', '/readyz', '/metrics', '/media'];
/** Pages as the store names them; any other is named as its file. */
const PAGES: readonly (readonly [RegExp, string])[] = [
  [/^\/(journal)?$/, '/staff.html'],
  [/^\/me$/, '/shopper.html'],
  [/^\/screen(\/[^/.]+)?$/, '/player.html'],
];

/** The store refuses what a page of another origin asks, so the origin is told as its own. */
const toStore: ProxyOptions = {
  target: STORE,
  changeOrigin: true,
  ws: true,
  configure: (proxy) => {
    proxy.on('proxyReq', (request) => {
      if (request.getHeader('origin') !== undefined) request.setHeader('origin', STORE);
    });
    proxy.on('proxyReqWs', (request) => request.setHeader('origin', STORE));
    // While the store starts anew a page says so itself and asks again.
    proxy.on('error', () => undefined);
  },
};

const nameOfPage: Connect.NextHandleFunction = (request, _response, next) => {
  const [path = '/'] = (request.url ?? '/').split('?');
  const page = PAGES.find(([pattern]) => pattern.test(path))?.[1] ?? `${path}.html`;
  if (existsSync(join(import.meta.dirname, page))) request.url = page;
  next();
};

/** What follows `npm run dev --` goes to the store; a configuration of one's own takes the place of the demo. */
const given = process.argv.slice(2);
const tsx = createRequire(import.meta.url).resolve('tsx/cli');
const store = spawn(
  process.execPath,
  [
    tsx,
    'watch',
    '--clear-screen=false',
    'edge/main.ts',
    'start',
    ...(given.includes('--config') ? given : ['--demo', ...given]),
  ],
  { stdio: 'inherit' },
);
const pages = await createServer({
  configFile: new URL('vite.config.ts', import.meta.url).pathname,
  appType: 'mpa',
  plugins: [{ name: 'store-pages', configureServer: (server) => void server.middlewares.use(nameOfPage) }],
  server: {
    host: '127.0.0.1',
    port: PORT,
    strictPort: true,
    proxy: Object.fromEntries(STORE_PATHS.map((path) => [path, toStore])),
  },
});
await pages.listen();
// Vite would end the process as soon as its pages are closed, while the store is still sealing its state.
process.removeAllListeners('SIGTERM');
process.stdin.removeAllListeners('end');
console.log(
  `Pages with live reload: http://127.0.0.1:${PORT}/ (log in once by the link below; the address keeps the session).`,
);

const stop = async (): Promise<void> => {
  store.kill('SIGTERM');
  await pages.close();
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
store.once('exit', (code) => void pages.close().then(() => process.exit(code ?? 0)));
