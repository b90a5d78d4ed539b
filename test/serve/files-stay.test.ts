/**
 * S9: no path, however it is written, reads a file outside the folders that are served. The control answers the same
 * paths the way it is usually done, by joining them to the folder; it differs in nothing else.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptPromise } from '../support/promise.js';
import { serveJoined } from './joined-folder.js';
import { startTestStore, type TestStore } from './support.js';

const SECRET = 'the secret of the store';
/** How a file is found: in the list of those that are there, as the store does, or by joining path and folder. */
type Lookup = 'listed' | 'joined';

const UPS = [
  ...['../', '..%2f', '..%252f', '%2e%2e/', '%2e%2e%2f', '%2E%2E%2F', '.%2e/', '%2e./', '..\\', '..%5c'],
  ...['%2e%2e%5c', '..%c0%af', '..%e0%80%af', '..%ef%bc%8f', '....//', '..././', '..;/', '.%00./', '..%00/'],
  ...['..%0d/', '/', '//', '/./', '%2f', '%2f%2f', 'x/../../', './../', '..//'],
];
const ROOTS = ['/', '/assets/', '/v1/media/', '/v1/media/x/', '/screen/'];
/** From the folder of media to the store's own, from the pages to the program's, and from either to the root. */
const DEPTHS = [0, 1, 2, 9];
const pathsTo = (dataDirectory: string): readonly string[] => {
  const ends = [
    'secret.txt',
    'secret.png',
    'link.png',
    'package.json',
    `${dataDirectory}/secret.txt`.slice(1),
  ];
  const paths = ROOTS.flatMap((root) =>
    UPS.flatMap((up) => DEPTHS.flatMap((depth) => ends.map((end) => root + up.repeat(depth) + end))),
  );
  return [...new Set(paths)];
};
/** What stands in the files that nobody is meant to read. */
const SIGNS = [SECRET, '"name": "endcap"'];

let store: TestStore;
let joining: Awaited<ReturnType<typeof serveJoined>>;
let paths: readonly string[];
let token: string;
beforeAll(async () => {
  store = await startTestStore();
  const { dataDirectory } = store.config;
  const media = join(dataDirectory, 'media');
  mkdirSync(media, { recursive: true });
  for (const name of ['secret.txt', 'secret.png']) writeFileSync(join(dataDirectory, name), SECRET);
  symlinkSync(join(dataDirectory, 'secret.png'), join(media, 'link.png'));
  symlinkSync(join(dataDirectory, 'secret.png'), join(media, `${'d'.repeat(64)}.png`));
  store = await store.restart();
  paths = pathsTo(dataDirectory);
  token = store.token('media-manager');
  joining = await serveJoined(media);
});
afterAll(async () => {
  joining.close();
  await store.remove();
});

/** The path as it is written: `fetch` would tidy it up. */
function ask(lookup: Lookup, path: string): Promise<{ status: number; body: string }> {
  const port = lookup === 'listed' ? Number(new URL(store.url).port) : joining.port;
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((done, fail) => {
    const asked = request({ hostname: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, body }));
    });
    asked.on('error', fail);
    asked.end();
  });
}

async function readBy(lookup: Lookup): Promise<{ secrets: string[]; crashes: string[] }> {
  const found = { secrets: [] as string[], crashes: [] as string[] };
  for (let from = 0; from < paths.length; from += 50) {
    const some = paths.slice(from, from + 50);
    const answers = await Promise.all(some.map((path) => ask(lookup, path)));
    answers.forEach(({ status, body }, place) => {
      if (SIGNS.some((sign) => body.includes(sign))) found.secrets.push(some[place] ?? '');
      if (status >= 500) found.crashes.push(some[place] ?? '');
    });
  }
  return found;
}

describe('S9 files stay in their folder', () => {
  it('whatever the path says; one that is joined does not', async () => {
    expect(await readBy('listed')).toEqual({ secrets: [], crashes: [] });
    expect((await ask('listed', `/v1/media/${'d'.repeat(64)}.png`)).status).toBe(404);
    const { secrets } = await readBy('joined');
    expect(secrets.length).toBeGreaterThan(50);
    keptPromise({
      promise: 'S9',
      what: `${paths.length} paths: traversal, encodings, links, over the pages and the files of screens`,
      figure: '0 read outside the folder, 0 answers of 500 or above',
      control: `paths joined to the folder: ${secrets.length} read`,
    });
  }, 60_000);
});
