import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMediaFiles } from '../../../edge/serve/media/media-files.js';
import { pngOf } from '../../support/png.js';
import { keptPromise } from '../../support/promise.js';
import { serveJoined } from '../joined-folder.js';
import { startTestStore, type TestStore } from '../support.js';

let store: TestStore;
let folder: string;
const NAME = `${'b'.repeat(64)}.png`;

beforeAll(async () => {
  store = await startTestStore();
  folder = join(store.config.dataDirectory, 'media');
});
afterAll(() => store.remove());

const upload = async (body: Buffer, role: 'media-manager' | 'associate' = 'media-manager') => {
  const response = await fetch(`${store.url}/v1/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${store.token(role)}`, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(body),
  });
  return { status: response.status, body: (await response.json()) as { name: string; reason?: string } };
};
/** The path as it is written: `fetch` would tidy it up. */
const raw = (
  path: string,
  { hostname, port } = new URL(store.url),
): Promise<{ status: number; body: string }> =>
  new Promise((done, failed) => {
    const headers = { authorization: `Bearer ${store.token('media-manager')}` };
    request({ hostname, port, path, headers }, (response) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => done({ status: response.statusCode!, body }));
    })
      .on('error', failed)
      .end();
  });

describe('files for screens', () => {
  it('are kept under their hash, once, and given out as what they are and nothing else', async () => {
    const first = await upload(pngOf(8, 8));
    expect([first.status, (await upload(pngOf(8, 8))).status]).toEqual([201, 200]);
    expect(readdirSync(folder)).toEqual([first.body.name]);
    const got = await fetch(`${store.url}/v1/media/${first.body.name}`, {
      headers: { authorization: `Bearer ${store.token('screen')}` },
    });
    expect(Buffer.from(await got.arrayBuffer())).toEqual(pngOf(8, 8));
    expect(got.headers.get('content-type')).toBe('image/png');
    expect(got.headers.get('x-content-type-options')).toBe('nosniff');
    expect(got.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(got.headers.get('cache-control')).toContain('immutable');
    store = await store.restart();
    expect((await raw(`/v1/media/${first.body.name}`)).status).toBe(200);
  });

  it('come from those who look after them, and from nobody else', async () => {
    expect((await upload(pngOf(9, 9), 'associate')).status).toBe(403);
    const open = await fetch(`${store.url}/v1/media/${NAME}`);
    expect(open.status).toBe(401);
  });

  it('are refused in words: too large, no picture, a script', async () => {
    const large = await upload(Buffer.alloc(32 * 1024 * 1024 + 1));
    expect([large.status, large.body.reason]).toEqual([413, 'TooLarge']);
    const svg = await upload(Buffer.from('<svg xmlns="x"><script>1</script></svg>'));
    expect([svg.status, svg.body.reason]).toEqual([415, 'UnsupportedFormat']);
    const bomb = await upload(pngOf(60_000, 60_000));
    expect(bomb.body.reason).toBe('UnsupportedFormat');
  });

  it('do not go while a screen plays them', async () => {
    const { body } = await upload(pngOf(10, 10));
    const token = store.token('media-manager');
    const programme = { playlist: [{ show: 'media', media: body.name }] };
    await store.call('/v1/screens/screen-1/programme', { method: 'PUT', token, body: programme });
    const refused = await store.call(`/v1/media/${body.name}`, { method: 'DELETE', token });
    expect([refused.status, refused.body.reason]).toEqual([409, 'MediaInUse']);
    await store.call('/v1/screens/screen-1/programme', { method: 'PUT', token, body: {} });
    expect((await store.call(`/v1/media/${body.name}`, { method: 'DELETE', token })).status).toBe(204);
  });

  it('do not go either while a screen is being told to play them', async () => {
    const token = store.token('media-manager');
    for (let turn = 0; turn < 40; turn += 1) {
      const { body } = await upload(pngOf(50 + turn, 10));
      const programme = { playlist: [{ show: 'media', media: body.name }] };
      const tell = () =>
        store.call('/v1/screens/screen-1/programme', { method: 'PUT', token, body: programme });
      const remove = () => store.call(`/v1/media/${body.name}`, { method: 'DELETE', token });
      const telling = tell();
      // At another place of the way of the other each time.
      for (let step = 0; step < turn; step += 1) await new Promise(setImmediate);
      const [told, removed] = await Promise.all([telling, remove()]);
      expect([
        [200, 409],
        [404, 204],
      ]).toContainEqual([told.status, removed.status]);
      await store.call('/v1/screens/screen-1/programme', { method: 'PUT', token, body: {} });
    }
  });

  it('S9 stay in their folder: no path, encoding or link leads out of it', async () => {
    const secret = join(store.config.dataDirectory, 'secret.png');
    writeFileSync(secret, 'the secret');
    const kept = (await upload(pngOf(11, 11))).body.name;
    symlinkSync(secret, join(folder, NAME));
    mkdirSync(join(folder, `${'c'.repeat(64)}.png`), { recursive: true });
    store = await store.restart();
    const ups = [
      '../',
      '..%2f',
      '..%252f',
      '%2e%2e/',
      '%2e%2e%2f',
      '..\\',
      '..%5c',
      '..%c0%af',
      '....//',
      '.%00./',
      '/',
    ];
    const ends = ['secret.png', 'keys/auth.db', 'secret.png%00.png', `media/${kept}`];
    const roots = ['/v1/media/', '/v1/media/x/', `/v1/media/${kept}/`, '/assets/', '/screen/', '/'];
    const paths = roots.flatMap((root) =>
      ups.flatMap((up) => [1, 2, 3, 5].flatMap((depth) => ends.map((end) => root + up.repeat(depth) + end))),
    );
    const readBy = async (server: URL) => {
      const wrong: string[] = [];
      for (let start = 0; start < paths.length; start += 40) {
        const answers = await Promise.all(paths.slice(start, start + 40).map((path) => raw(path, server)));
        answers.forEach(({ status, body }, place) => {
          if (body.includes('the secret') || body.includes('SQLite format'))
            wrong.push(paths[start + place]!);
          if (status >= 500) wrong.push(`${status} ${paths[start + place]}`);
        });
      }
      return wrong;
    };
    expect(await readBy(new URL(store.url))).toEqual([]);
    const joined = await serveJoined(folder);
    const control = await readBy(new URL(`http://127.0.0.1:${joined.port}`));
    joined.close();
    expect(control.length).toBeGreaterThan(20);
    expect((await raw('/v1/media')).body).not.toContain('bbbb');
    expect((await raw(`/v1/media/${NAME}`)).status).toBe(404);
    expect((await raw(`/v1/media/${kept}`)).status).toBe(200);
    // A link that is put in the place of a file while the store runs leads nowhere either.
    const files = openMediaFiles(join(folder, 'other'));
    const taken = await files.take(pngOf(12, 12));
    if ('reason' in taken) throw new Error(taken.reason);
    await files.remove(taken.file.name);
    await files.take(pngOf(12, 12));
    const place = join(folder, 'other', taken.file.name);
    rmSync(place);
    symlinkSync(secret, place);
    expect(readFileSync(place, 'utf8'), 'control: whoever opens it by its path').toBe('the secret');
    expect(await files.find(taken.file.name)).toBeUndefined();
    expect(await files.bytes(taken.file.name)).toBeUndefined();
    keptPromise({
      promise: 'S9 (uploaded media)',
      what: 'files of screens: traversal, encodings, links',
      figure: `${paths.length} paths, 0 read outside the folder`,
      control: `paths joined to the folder: ${control.length} read; the link in the place of a file, too`,
    });
  });

  it('take no more room than they may', async () => {
    const files = openMediaFiles(join(folder, 'small'), { folderBytesMax: 150 });
    expect(await files.take(pngOf(2, 2))).toMatchObject({ known: false });
    expect(await files.take(pngOf(300, 2))).toMatchObject({ reason: 'QuotaReached' });
  });
});
