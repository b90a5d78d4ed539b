import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rangeOf } from '../../../edge/serve/media/byte-range.js';
import { openMediaFiles } from '../../../edge/serve/media/media-files.js';
import { pngOf } from '../../support/png.js';
import { uploadMedia } from '../../support/screens.js';
import { until } from '../../support/until.js';
import { startTestStore, type TestStore } from '../support.js';

let store: TestStore;
let folder: string;

beforeAll(async () => {
  store = await startTestStore();
  folder = join(store.config.dataDirectory, 'media');
});
afterAll(() => store.remove());

const FILM_BYTES = 24 * 1024 * 1024;
const readLink = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    // Closed since it was listed.
    return '';
  }
};
const get = (name: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${store.url}/v1/media/${name}`, {
    method,
    headers: { authorization: `Bearer ${store.token('screen')}`, ...headers },
  });
const filesNow = async () => (await store.call('/v1/media', { token: store.token('viewer') })).body;
const alarms = async (): Promise<string[]> =>
  (await store.call('/v1/status', { token: store.token('admin') })).body.alarms.map(
    ({ code }: { code: string }) => code,
  );

describe('a file that is given out', () => {
  it('is given by parts, and not at all to whoever has it', async () => {
    const body = pngOf(300, 200);
    const name = await uploadMedia(store, body);
    const whole = await get(name);
    const etag = whole.headers.get('etag') ?? '';
    expect(etag).toBe(`"${name.split('.')[0]}"`);
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(body);
    const part = await get(name, { range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${body.length}`]);
    expect(part.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(Buffer.from(await part.arrayBuffer())).toEqual(body.subarray(10, 20));
    const beyond = await get(name, { range: `bytes=${body.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${body.length}`]);
    expect((await get(name, { 'if-none-match': etag })).status).toBe(304);
    expect((await get(name, { 'if-none-match': '"another"' })).status).toBe(200);
    expect((await get(name, { range: 'bytes=0-9', 'if-range': '"another"' })).status).toBe(200);
    const head = await get(name, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(body.length)]);
  });

  it('is read as fast as it is taken, and let go when the other side has gone', async () => {
    const film = Buffer.concat([
      Buffer.from('\x1a\x45\xdf\xa3\x42\x82webm\x18\x53\x80\x67', 'latin1'),
      randomBytes(FILM_BYTES),
    ]);
    const name = await uploadMedia(store, film);
    const open = (): number =>
      readdirSync('/proc/self/fd').filter((fd) => readLink(`/proc/self/fd/${fd}`).endsWith(name)).length;
    const requests = Array.from({ length: 12 }, () => new AbortController());
    const headers = { authorization: `Bearer ${store.token('screen')}` };
    const answers = await Promise.all(
      requests.map(({ signal }) => fetch(`${store.url}/v1/media/${name}`, { headers, signal })),
    );
    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 200));
    // Nobody has taken more than what the lines between hold: the files stay open, and are not in memory.
    await until(() => open() === requests.length, { withinMs: 5_000, what: 'all to be read' });
    for (const request of requests) request.abort();
    await until(() => open() === 0, { withinMs: 5_000, what: 'all to be let go' });
    const whole = Buffer.from(await (await get(name)).arrayBuffer());
    expect(whole.equals(film)).toBe(true);
  });

  it.each([
    ['bytes=0-', { start: 0, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['bytes=99-1000', { start: 99, end: 99 }],
    ['bytes=100-', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=5-4', undefined],
    ['bytes=0-1,5-6', undefined],
    ['bytes=-', undefined],
    ['lines=0-1', undefined],
    [undefined, undefined],
  ])('reads %s of a hundred bytes as the standard says', (header, range) => {
    expect(rangeOf(header, 100)).toEqual(range);
  });
});

describe('a file on the disk', () => {
  it('that changes while the store runs is shown no more, and called out until it is uploaded again', async () => {
    const body = pngOf(21, 8);
    const name = await uploadMedia(store, body);
    expect((await get(name)).status).toBe(200);
    appendFileSync(join(folder, name), 'x');
    expect((await get(name)).status).toBe(404);
    expect((await filesNow()).damaged).toEqual([name]);
    expect(await alarms()).toContain('MediaDamaged');
    expect(readdirSync(join(folder, 'set-aside'))).toEqual([name]);
    store = await store.restart();
    expect(await alarms()).toContain('MediaDamaged');
    expect(await uploadMedia(store, body)).toBe(name);
    expect((await get(name)).status).toBe(200);
    expect(await alarms()).not.toContain('MediaDamaged');
    expect((await filesNow()).damaged).toEqual([]);
  });

  it('that changed or went while the store was off is noticed at the start, unasked', async () => {
    const [changed, gone] = [await uploadMedia(store, pngOf(22, 8)), await uploadMedia(store, pngOf(23, 8))];
    const path = join(folder, changed!);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
    store = await store.restart();
    await until(async () => (await alarms()).includes('MediaDamaged'), {
      withinMs: 5_000,
      what: 'the alarm',
    });
    rmSync(join(folder, gone!));
    expect((await get(gone!)).status).toBe(404);
    expect((await filesNow()).damaged.sort()).toEqual([changed, gone].sort());
    const token = store.token('media-manager');
    for (const name of [changed, gone]) {
      expect((await store.call(`/v1/media/${name}`, { method: 'DELETE', token })).status).toBe(204);
    }
    expect(await alarms()).not.toContain('MediaDamaged');
  });

  it('is written once, also when it comes twice at once, and what an upload left half is gone at the start', async () => {
    const place = join(folder, 'twice');
    mkdirSync(place);
    writeFileSync(join(place, `.${'d'.repeat(64)}.png.draft`), 'half');
    const files = openMediaFiles(place, { folderBytesMax: pngOf(24, 8).length + 10 });
    expect(readdirSync(place)).toEqual([]);
    const taken = await Promise.all([files.take(pngOf(24, 8)), files.take(pngOf(24, 8))]);
    expect(taken.map((one) => ('known' in one ? one.known : one.reason)).sort()).toEqual([false, true]);
    expect(readdirSync(place)).toHaveLength(1);
  });

  it('takes the room of a file that is still being written into account', async () => {
    const files = openMediaFiles(join(folder, 'room'), { folderBytesMax: pngOf(25, 8).length + 10 });
    const both = await Promise.all([files.take(pngOf(25, 8)), files.take(pngOf(26, 8))]);
    expect(both.filter((one) => 'reason' in one)).toMatchObject([{ reason: 'QuotaReached' }]);
  });

  it('is not begun where it cannot be written: the refusal says so, and nothing is left', async () => {
    const place = join(folder, 'lost');
    const files = openMediaFiles(place);
    rmSync(place, { recursive: true });
    expect(await files.take(pngOf(27, 8))).toMatchObject({ reason: 'DiskFailed' });
    mkdirSync(place);
    expect(await files.take(pngOf(27, 8))).toMatchObject({ known: false });
    expect(readdirSync(place)).toHaveLength(1);
  });
});
