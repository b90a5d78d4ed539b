/** S4: whatever is held up in place of a good token is refused, at every place that takes one. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVapid, openVapidKeys } from '../../../edge/deliver/push/vapid.js';
import { createCouponSigner } from '../../../edge/serve/auth/coupon-signer.js';
import { closeNodes, couponsOf, enrolPerson, startPushStore, walk } from '../../deliver/push/support.js';
import { keptPromise } from '../../support/promise.js';
import { startTestStore, type TestStore } from '../support.js';
import { forgedJws, respelled } from './forgeries.js';
import { type Ask, type Kind, mintOf, surfacesOf, TAKEN_BY } from './token-surfaces.js';

const KINDS = Object.keys(TAKEN_BY) as Kind[];

describe('S4: a token that is not good', () => {
  let store: TestStore;
  let other: TestStore;
  let surfaces: Readonly<Record<string, Ask>>;
  let mint: ReturnType<typeof mintOf>;
  let coupon: string;
  let tried = 0;

  const keysOf = (one: TestStore): string => join(one.config.dataDirectory, 'keys');
  /** Asks every surface, and says which of them let it in. */
  const letInAt = async (text: string, places = surfaces): Promise<string[]> => {
    const letIn: string[] = [];
    for (const [name, ask] of Object.entries(places)) {
      tried += 1;
      if (await ask(text)) letIn.push(name);
    }
    return letIn;
  };
  const refusedEverywhere = async (forged: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(forged)) expect(await letInAt(text), name).toEqual([]);
  };
  const known = async () => ({
    jwk: (await store.call('/v1/pos/coupons/key', { token: store.token('till') })).body,
    store: store.config.policy.store.id,
    couponId: idIn(coupon),
  });

  beforeAll(async () => {
    [store, other] = [await startPushStore([]), await startTestStore()];
    const person = await enrolPerson(store);
    await walk(store, [person], { what: 'a coupon', done: () => couponsOf(store, person.sid)[0] });
    const held = couponsOf(store, person.sid)[0]!;
    const state = store.app.engine.views.coupon(held.couponId)!;
    coupon = createCouponSigner({ folder: keysOf(store), store: store.config.policy.store.id }).sign(state);
    surfaces = surfacesOf(store);
    mint = mintOf(store, coupon);
    await closeNodes(store);
  });
  afterAll(async () => {
    await store?.remove();
    await other?.remove();
  });

  it('is known from a good one: each kind is taken where it belongs, and at no other place', async () => {
    for (const kind of KINDS) {
      const letIn: string[] = [];
      // A fresh one for each place, because some are good once.
      for (const [name, ask] of Object.entries(surfaces)) {
        tried += 1;
        if (await ask(await mint[kind]())) letIn.push(name);
      }
      expect(letIn, kind).toEqual(TAKEN_BY[kind]);
    }
  });

  it('without a signature, with that of a confused algorithm, or of a key that it brings along', async () => {
    await refusedEverywhere({ nothing: '', ...forgedJws(await known()) });
  });

  it('that is a good one spelled otherwise, or what the disk keeps of it', async () => {
    for (const kind of ['bearer', 'session', 'device', 'link', 'password'] as const)
      await refusedEverywhere(respelled(await mint[kind]()));
    const signature = coupon.split('.');
    await refusedEverywhere({
      'a coupon with one letter of its claims changed': changed(signature, 1),
      'a coupon with one letter of its signature changed': changed(signature, 2),
      'a coupon with nothing signed': `${signature[0]}.${signature[1]}.`,
      'a coupon that is padded': `${coupon}=`,
      'a coupon with a fourth part': `${coupon}.x`,
    });
  });

  it('for somebody else: another store, a push service, another use', async () => {
    const theirs = mintOf(other, '');
    for (const kind of KINDS.filter((one) => one !== 'coupon'))
      expect(await letInAt(await theirs[kind]()), kind).toEqual([]);
    const state = store.app.engine.views.coupon(idIn(coupon))!;
    const id = other.config.policy.store.id;
    const vapid = createVapid({
      keys: openVapidKeys(keysOf(store)),
      contact: 'mailto:suite@example.com',
      clock: { nowMs: Date.now },
    });
    const forPush = /t=([\w.-]+)/.exec(vapid('https://push.example'))?.[1] ?? '';
    expect(forPush.split('.')).toHaveLength(3);
    await refusedEverywhere({
      'a coupon of another store': createCouponSigner({ folder: keysOf(other), store: id }).sign(state),
      'a coupon of this key for another store': createCouponSigner({
        folder: keysOf(store),
        store: 'store-2',
      }).sign(state),
      'what the store says to push services': forPush,
    });
  });

  it('past its time; the same one with its time given back is taken', async () => {
    for (const kind of ['bearer', 'session', 'device', 'link', 'password'] as const) {
      const text = await mint[kind]();
      lasts(store, text, Date.now() - 1);
      expect(await letInAt(text), kind).toEqual([]);
      lasts(store, text, Date.now() + 60_000);
      expect(await surfaces[TAKEN_BY[kind][0]]!(text), kind).toBe(true);
    }
  });

  it('a second time, where it is good once, and after it was taken back', async () => {
    const { auth } = store.app;
    for (const kind of ['link', 'password', 'ticket'] as const) {
      const text = await mint[kind]();
      expect(await surfaces[TAKEN_BY[kind][0]]!(text), kind).toBe(true);
      expect(await letInAt(text), kind).toEqual([]);
    }
    const [session, device, bearer] = [
      await mint.session(),
      await mint.device(),
      store.token('viewer', 'gone'),
    ];
    auth.endSession(session);
    auth.revoke('beverages-1');
    auth.revokeTokens({ role: 'viewer', subject: 'gone' });
    for (const text of [session, device, bearer]) expect(await letInAt(text)).toEqual([]);
  });

  it('a coupon that was taken before, a code that paired a screen, a code that made an admin', async () => {
    const redeem = (sequence: number) =>
      store.call('/v1/pos/coupons/redeem', {
        token: store.token('till'),
        body: { code: coupon, till: 'till-1', businessDay: '2026-11-24', sequence },
      });
    expect((await redeem(1)).status).toBe(200);
    expect((await redeem(2)).body.reason).toBe('CouponUsed');
    expect(await letInAt(coupon)).toEqual([]);

    const token = store.token('admin');
    const { code } = (await store.call('/v1/pairing', { method: 'POST' })).body;
    const confirm = () => store.call('/v1/pairing/confirm', { token, body: { code, screen: 'screen-1' } });
    expect((await confirm()).status).toBe(200);
    expect((await confirm()).body.reason).toBe('PairingCodeUsed');
    expect(await letInAt(code)).toEqual([]);

    const first = (await store.call('/v1/claim/code', { token, method: 'POST' })).body.code;
    const second = (await store.call('/v1/claim/code', { token, method: 'POST' })).body.code;
    const claim = (text: string, name: string) =>
      store.call('/v1/claim', { body: { code: text, name, password: 'four words of mine' } });
    expect((await claim(first, 'eve')).body.reason).toBe('ClaimCode');
    expect(await letInAt(second)).toEqual([]);
    expect((await claim(second, 'sam')).status).toBe(200);
    expect((await claim(second, 'eve')).body.reason).toBe('StoreClaimed');
  });

  it('control: with `auth: open`, and nothing else changed, the same forgeries are let in', async () => {
    const open = await startTestStore((config) => ({ ...config, auth: 'open' }));
    try {
      const forged = { nothing: '', ...forgedJws(await known()) };
      let letIn = 0;
      for (const text of Object.values(forged)) letIn += (await letInAt(text, surfacesOf(open))).length;
      expect(letIn).toBeGreaterThan(Object.keys(forged).length);
      keptPromise({
        promise: 'S4',
        what: `${tried} questions with tokens at ${Object.keys(surfaces).length} surfaces: alg none, confusion, wrong audience, expired, replayed, respelled`,
        figure: 'all refused but the good ones',
        control: `auth: open lets in ${letIn}`,
      });
    } finally {
      await open.remove();
    }
  });
});

const idIn = (coupon: string): string =>
  (JSON.parse(Buffer.from(coupon.split('.')[1]!, 'base64url').toString()) as { jti: string }).jti;

function changed(parts: readonly string[], at: number): string {
  const letters = [...parts[at]!];
  letters[10] = letters[10] === 'A' ? 'B' : 'A';
  return parts.with(at, letters.join('')).join('.');
}

/** Written into the file by hand: there is no call that moves the end of a token. */
function lasts(store: TestStore, token: string, untilMs: number): void {
  const file = new Database(join(store.config.dataDirectory, 'keys', 'auth.db'));
  const hash = createHash('sha256').update(token).digest();
  const { changes } = file.prepare('UPDATE tokens SET expires_ms = ? WHERE hash = ?').run(untilMs, hash);
  file.close();
  if (changes !== 1) throw new Error('the token is not in the file');
}
