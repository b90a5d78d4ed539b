import { randomUUID } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { controlWith } from '../support/control-store.js';
import { keptPromise } from '../support/promise.js';
import { type EnrolledShopper, eventsOf, post, shopperWithCoupon } from '../support/shopper.js';
import { type RunningStore, type StoreSetup, startStore } from '../support/store.js';
import { until } from '../support/until.js';

const DONE_WITHIN_MS = 60_000;
/** Nobody answers there: everything waits in the store. */
const OFFLINE = { KAFKA_BROKERS: '127.0.0.1:9' };
/** What may go on naming the made-up name: that they agreed, that they are gone, and who answers for it. */
const PROOF = ['consent.receipt', 'consent.withdrawn', 'loyalty.profile', 'erasure.done', 'audit.entry'];

interface Person extends EnrolledShopper {
  readonly loyaltyId: string;
  /** Of their sealed fields, as it lay in the vault. */
  readonly key: Buffer;
}

describe('S15: nobody can read anything of who was erased', () => {
  let store: RunningStore | undefined;
  afterEach(async () => {
    await store?.kill().catch(() => undefined);
    await store?.remove();
    store = undefined;
  });

  /** Enrolled, walked, got a coupon, bought, and sent something that could not be understood. */
  async function live(running: RunningStore): Promise<Person> {
    const { shopper } = await shopperWithCoupon(running);
    const loyaltyId = `L-CANARY-${randomUUID()}`;
    await post(running, `/v1/shoppers/${shopper.sid}/loyalty`, { loyaltyId });
    const sale = {
      ...{
        store: storeIdOf(running),
        till: 'till-1',
        businessDay: '2026-11-23',
        type: 'sale',
        currency: 'EUR',
      },
      ...{ loyaltyId, tenders: [], totalMinor: 279 },
      lines: [{ line: 1, sku: 'DRK-1001', quantity: 1, unitMinor: 279, totalMinor: 279, kind: 'sale' }],
    };
    expect((await post(running, '/v1/pos/transactions', { ...sale, sequence: 1 })).status).toBe(201);
    expect((await post(running, '/v1/pos/transactions', { ...sale, sequence: 'two' })).status).toBe(422);
    const sold = (await eventsOf(running, 'pos.transaction')).map(({ data }) => data['sid']);
    expect(sold).toContain(shopper.sid);
    return { ...shopper, loyaltyId, key: keyOf(running, shopper.sid) };
  }

  async function eraseWhileDying(
    setup: StoreSetup,
  ): Promise<{ person: Person; receiptId: string; ms: number }> {
    store = await startStore(setup);
    const person = await live(store);
    const asked = performance.now();
    const reason = 'asked at the desk';
    const answer = post(store, '/v1/erasures', { loyaltyId: person.loyaltyId, reason }).catch(
      () => undefined,
    );
    await until(() => isOpen(store!, person.sid), { withinMs: 10_000, everyMs: 0, what: 'the key to go' });
    await store.kill();
    await answer;
    expect(isOpen(store, person.sid), 'killed in the middle').toBe(true);
    store = await store.restart();
    await until(() => !isOpen(store!, person.sid), {
      withinMs: DONE_WITHIN_MS,
      what: 'the erasure to be done',
    });
    const ms = performance.now() - asked;
    const { link } = (await (await store.call('/v1/status')).json()) as { link: { waiting: number } };
    expect(link.waiting, 'a backlog for HQ').toBeGreaterThan(0);
    const { body } = await post<{ receiptId: string }>(store, `/v1/shoppers/${person.sid}/erasure`, {
      reason,
    });
    return { person, receiptId: body.receiptId, ms };
  }

  it('killed in the middle with a backlog for HQ: all of it is gone within a minute', {
    timeout: 180_000,
  }, async () => {
    const { person, receiptId, ms } = await eraseWhileDying({ environment: OFFLINE });
    expect(ms).toBeLessThan(DONE_WITHIN_MS);
    const running = store!;
    const done = await eventsOf(running, 'erasure.done');
    expect(done.map(({ id, data }) => [id, data['sid']])).toEqual([[receiptId, person.sid]]);
    expect((await eventsOf(running, 'pos.transaction')).length).toBeGreaterThan(0);
    await running.call('/v1/backups', { method: 'POST' });
    expect(readableIn(running, person)).toEqual([]);
    await running.stop();
    expect(readableIn(running, person)).toEqual([]);
    keptPromise({
      promise: 'S15',
      what: 'erased at the desk with a backlog for HQ, kill -9 after the key was gone; every file read afterwards',
      figure: `0 readable bytes after ${(ms / 1000).toFixed(1)} s, the restart included`,
      control: 'without the seal the journal still names them',
    });
  });

  it('would notice: without the seal the journal still names them', { timeout: 180_000 }, async () => {
    const { person } = await eraseWhileDying(controlWith('unsealed', OFFLINE));
    const found = readableIn(store!, person);
    expect(
      found.some((line) => line.includes('pos.transaction')),
      found.join('\n'),
    ).toBe(true);
  });

  it('is not brought back by a backup of before that is put back', { timeout: 180_000 }, async () => {
    store = await startStore({ environment: OFFLINE });
    const person = await live(store);
    // Stopping seals the state.
    await store.stop();
    store = await store.restart();
    const { body } = await post<{ folder: string }>(store, '/v1/backups', {});
    const [copied] = checkpointsIn(body.folder);
    const { consent, ...slices } = slicesIn(copied!);
    expect(consent!['shoppers']).toContainEqual([person.sid, expect.any(Number)]);
    expect(JSON.stringify([{ ...consent, shoppers: [] }, slices]).includes(person.sid)).toBe(false);
    const reason = 'asked at the desk';
    const first = await post<{ receiptId: string }>(store, `/v1/shoppers/${person.sid}/erasure`, { reason });
    expect(first.status).toBe(200);
    await store.stop();
    putBack(store, body.folder);
    store = await store.restart();
    await until(() => checkpointsNaming(store!, person).length === 0, {
      withinMs: 20_000,
      what: 'a state without',
    });
    const again = await post<{ receiptId: string }>(store, `/v1/shoppers/${person.sid}/erasure`, { reason });
    expect(again.body).toEqual(first.body);
    expect((await eventsOf(store, 'pos.transaction')).map(({ data }) => data['sid'])).not.toContain(
      person.sid,
    );
  });
});

const storeIdOf = (store: RunningStore): string =>
  /^\s+id:\s*(\S+)/m.exec(readFileSync(join(store.directory, 'store.yaml'), 'utf8'))?.[1] ?? '';

function putBack(store: RunningStore, backup: string): void {
  const journal = join(store.data, 'journal');
  rmSync(journal, { recursive: true });
  cpSync(backup, journal, { recursive: true });
}

function fromVault<T>(store: RunningStore, sql: string, sid: string): T | undefined {
  const vault = new Database(join(store.data, 'vault', 'vault.sqlite'), { readonly: true, timeout: 5_000 });
  try {
    return vault.prepare<[string], T>(sql).pluck().get(sid);
  } finally {
    vault.close();
  }
}

const keyOf = (store: RunningStore, sid: string): Buffer =>
  fromVault<Buffer>(store, 'SELECT key FROM person WHERE sid = ?', sid)!;
const isOpen = (store: RunningStore, sid: string): boolean =>
  fromVault<number>(store, 'SELECT open FROM erasure WHERE sid = ?', sid) === 1;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Where anything of the person can be read: bytes of what led to them, and rows that tie their name to a deed. */
function readableIn(store: RunningStore, person: Person): string[] {
  const { tag, loyaltyId, key } = person;
  const bytes = [tag, loyaltyId, key, key.toString('base64url')].map((one) => Buffer.from(one));
  const found = filesBelow(store.data).flatMap((file) => {
    const content = readFileSync(file);
    return bytes.flatMap((one, index) => (content.includes(one) ? [`${file}: canary ${index}`] : []));
  });
  const output = Buffer.from(store.output());
  for (const one of bytes) if (output.includes(one)) found.push('the log');
  return [...found, ...rowsNaming(store, person), ...checkpointsNaming(store, person)];
}

function rowsNaming(store: RunningStore, { sid }: Person): string[] {
  const segments = filesBelow(store.data).filter((file) => /(keep|bulk)[^/]*\.(db|sqlite)$/.test(file));
  expect(segments.length).toBeGreaterThan(1);
  return segments.flatMap((file) => {
    const db = new Database(file, { readonly: true });
    const rows = db
      .prepare<[string, string], { offset: number; name: string }>(
        `SELECT offset, type.name FROM event JOIN type ON type.id = event.type
         WHERE payload LIKE ? OR event.key LIKE ?`,
      )
      .all(`%${sid}%`, `%${sid}%`);
    db.close();
    return rows
      .filter(({ name }) => !PROOF.includes(name))
      .map(({ offset, name }) => `${file}: ${name} ${offset}`);
  });
}

const checkpointsIn = (folder: string): string[] =>
  filesBelow(folder).filter((file) => /checkpoint-/.test(file));

/** A state may know that a name is gone, and nothing else of it. */
function checkpointsNaming(store: RunningStore, { sid }: Person): string[] {
  return checkpointsIn(join(store.data, 'journal')).filter((file) => {
    const { consent, ...slices } = slicesIn(file);
    return JSON.stringify([{ ...consent, erased: [] }, slices]).includes(sid);
  });
}

/** As it lies on the disk, behind the headers and the boxes of persons. */
function slicesIn(checkpoint: string): Record<string, Record<string, unknown>> {
  const text = readFileSync(checkpoint, 'utf8');
  return JSON.parse(text.slice(text.indexOf('{"version":'))).slices;
}
