import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../edge/ports.js';
import { joinOutcome, startTestStore, type TestStore } from './support.js';

const SID = 's_0123456789abcdef';
const OTHER = 's_fedcba9876543210';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

const KINDS = ['staff', 'shopper', 'screen'] as const;
type Kind = (typeof KINDS)[number];
const who: Readonly<Record<Kind, [Role, string]>> = {
  staff: ['admin', 'sam'],
  shopper: ['shopper', SID],
  screen: ['screen', 'screen-1'],
};

/** The cookie of a link that was opened, as the browser sends it. */
async function cookieOf(role: Role, subject: string): Promise<string> {
  const token = store.app.auth.issue({ role, subject }, { singleUse: true });
  const answer = await store.call('/v1/session', { body: { token } });
  return answer.headers.get('set-cookie')!.split(';')[0]!;
}
/** One browser that is logged in as all three, its cookies in every order. */
async function browsers(): Promise<{ cookie: string; of: Record<Kind, string> }[]> {
  const orders = KINDS.flatMap((first) =>
    KINDS.filter((kind) => kind !== first).map((second) => [
      first,
      second,
      KINDS.find((kind) => kind !== first && kind !== second)!,
    ]),
  );
  return Promise.all(
    orders.map(async (order) => {
      const all = await Promise.all(order.map((kind) => cookieOf(...who[kind])));
      const of = Object.fromEntries(order.map((kind, at) => [kind, all[at]!])) as Record<Kind, string>;
      return { cookie: all.join('; '), of };
    }),
  );
}
const me = async (cookie: string, as?: string) => {
  const headers = { cookie, ...(as === undefined ? {} : { 'endcap-as': as }) };
  const { status, body } = await store.call('/v1/session', { headers });
  return status === 200 ? [body.role, body.subject] : body.reason;
};

describe('a browser that is logged in as staff, as a shopper and as a screen', () => {
  it('hears who it is on the page that asks, whatever the order of its cookies', async () => {
    for (const { cookie } of await browsers()) {
      for (const kind of KINDS) expect(await me(cookie, kind), cookie).toEqual(who[kind]);
      expect(await me(cookie), 'a program that says nothing').toEqual(who.staff);
    }
  });

  it.each(KINDS)('logs out as %s and stays the others', async (kind) => {
    for (const { cookie, of } of await browsers()) {
      const out = await store.call('/v1/session', {
        method: 'DELETE',
        headers: { cookie, 'endcap-as': kind },
      });
      expect(out.status).toBe(204);
      expect(out.headers.get('set-cookie')).toMatch(new RegExp(`^${of[kind].split('=')[0]}=; .*Max-Age=0`));
      for (const each of KINDS) {
        expect(await me(of[each]), `${each} of ${cookie}`).toEqual(
          each === kind ? 'NotAuthenticated' : who[each],
        );
      }
    }
  });

  it('is nobody on the staff page once only the others are left', async () => {
    const cookie = [await cookieOf(...who.screen), await cookieOf(...who.shopper)].join('; ');
    expect(await me(cookie, 'staff')).toBe('NotAuthenticated');
    expect(await me(cookie, 'shopper')).toEqual(who.shopper);
    expect(await me(cookie, 'landlord')).toBe('NotAuthenticated');
  });

  it('acts as the shopper where the address is theirs, and as staff where it is not', async () => {
    const erase = async (sid: string, headers: Record<string, string>) =>
      (await store.call(`/v1/shoppers/${sid}/erasure`, { headers, body: {} })).body.reason;
    for (const { cookie } of await browsers()) {
      // Staff must say why, the shopper need not.
      expect(await erase(SID, { cookie })).toBe('UnknownShopper');
      expect(await erase(OTHER, { cookie })).toBe('SchemaMismatch');
      expect(await erase(SID, { cookie, 'endcap-as': 'staff' })).toBe('SchemaMismatch');
      expect(await erase(OTHER, { cookie, 'endcap-as': 'shopper' })).toBe('NotAllowed');
    }
  });
});

describe('a device that has the name of a person', () => {
  it('is taken back alone: their session, their tokens and their open page go on', async () => {
    const admin = store.token('admin');
    const made = await store.call('/v1/devices', { token: admin, body: { name: 'robin', kind: 'device' } });
    const cookie = await cookieOf('associate', 'robin');
    const token = store.token('viewer', 'robin');
    const page = store.socket('/staff', {}, { cookie });
    expect(await joinOutcome(page)).toBe('connected');
    expect((await store.call('/v1/devices/robin', { token: admin, method: 'DELETE' })).status).toBe(204);
    expect(store.app.auth.verify(made.body.token)).toBeUndefined();
    expect(await me(cookie)).toEqual(['associate', 'robin']);
    expect((await store.call('/v1/session', { token })).body.role).toBe('viewer');
    expect(page.connected).toBe(true);
    expect(await page.timeout(5_000).emitWithAck('stories', { limit: 1 })).toBeInstanceOf(Array);
  });
});

describe('a token in the header', () => {
  it('logs nobody out, and leaves no entry that it did', async () => {
    const token = store.token('admin', 'backup-job');
    expect((await store.call('/v1/session', { method: 'DELETE', token })).status).toBe(204);
    expect((await store.call('/v1/session', { token })).status).toBe(200);
    const { entries } = (await store.call('/v1/audit?by=backup-job', { token })).body;
    expect(entries).toEqual([]);
  });
});
