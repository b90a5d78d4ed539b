import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Alarm, StoreStatus } from '../../edge/contracts/index.js';
import { enrol, post, shopperWithCoupon } from '../support/shopper.js';
import { type RunningStore, startStore } from '../support/store.js';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function endcap(store: RunningStore, command: string, ...parameters: string[]): Promise<Ran> {
  const where = ['--config', join(store.directory, 'store.yaml'), '--data', store.data];
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve('dist/edge/main.js'), command, ...parameters, ...where],
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const alarmsOf = async (store: RunningStore): Promise<readonly Alarm[]> =>
  ((await (await store.call('/v1/status')).json()) as StoreStatus).alarms;

describe('the vault of a store', () => {
  let store: RunningStore;
  afterEach(async () => {
    await store?.kill().catch(() => undefined);
    await store?.remove();
  });

  it('that lost its key is said by doctor, by the alarm and in the log, and a torn one in words', {
    timeout: 90_000,
  }, async () => {
    store = await startStore();
    await enrol(store);
    await store.stop();
    const key = join(store.data, 'vault', 'vault.key');
    const copy = readFileSync(key);
    expect((await endcap(store, 'doctor')).stdout).toMatch(/good {2}Vault +1 shoppers/);
    rmSync(key);
    expect((await endcap(store, 'doctor')).stdout).toMatch(/LOOK {2}Vault .*vault\.key is missing/);
    store = await store.restart();
    expect((await alarmsOf(store)).find(({ code }) => code === 'VaultKeyLost')?.text).toMatch(/^1 tags and/);
    expect(store.output()).toContain('VaultKeyLost');
    await store.stop();
    writeFileSync(key, copy.subarray(0, 5));
    const refused = await endcap(store, 'start');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/damaged: 5 bytes.*Put a copy/) });
    expect(refused.stderr).not.toContain('    at ');
    writeFileSync(key, copy);
    store = await store.restart();
    expect((await alarmsOf(store)).map(({ code }) => code)).not.toContain('VaultKeyLost');
  });

  it('is not in a backup, which says so; with its copy a restored store knows people, without it nobody', {
    timeout: 120_000,
  }, async () => {
    store = await startStore();
    const { shopper, coupon } = await shopperWithCoupon(store);
    const byHand = join(store.directory, 'by-hand');
    await store.stop();
    cpSync(join(store.data, 'vault'), byHand, { recursive: true });
    store = await store.restart();
    const copy = join(store.directory, 'copy');
    const { stdout } = await endcap(store, 'backup', copy);
    for (const name of ['vault/', 'keys/', 'media/', 'screens.json'])
      expect(stdout).toContain(join(store.data, name));
    expect((await endcap(store, 'backup', '--help')).stdout).toMatch(/Not in a backup:\n {2}vault\/\n/);
    expect(readdirSync(copy)).toEqual(
      expect.arrayContaining(['store.yaml', 'products.yaml', 'campaigns.yaml']),
    );
    await store.stop();
    for (const vault of [undefined, byHand]) {
      rmSync(store.data, { recursive: true });
      const restored = await endcap(store, 'restore', copy);
      expect(restored.stdout).toMatch(/knows nobody, unless a copy of vault\/ is put there/);
      if (vault !== undefined) cpSync(vault, join(store.data, 'vault'), { recursive: true });
      store = await store.restart();
      const view = await viewOf(store, shopper.sid);
      expect(view?.consents.profile).toBe(vault === undefined ? undefined : 'granted');
      expect(view?.coupons.map(({ code }) => code)).toEqual(vault === undefined ? undefined : [coupon.code]);
      const unknown = (await alarmsOf(store)).find(({ code }) => code === 'PersonsUnknown')?.text;
      expect(unknown?.slice(0, 10)).toBe(vault === undefined ? '4 shoppers' : undefined);
      // What is the store's is there either way: the till takes what was given out.
      const place = { till: 'till-1', businessDay: '2026-11-23', sequence: 7 };
      const redeemed = await post(store, '/v1/pos/coupons/redeem', { code: coupon.code, ...place });
      expect(redeemed.status).toBe(200);
      await store.stop();
    }
  });
});

interface View {
  readonly consents: { readonly profile: string };
  readonly coupons: readonly { readonly code: string }[];
}

/** What the page of the shopper shows; `undefined` when the store knows nobody of this sid. */
async function viewOf(store: RunningStore, sid: string): Promise<View | undefined> {
  const { status, body } = await post<{ link: string }>(store, `/v1/shoppers/${sid}/link`, {});
  if (status !== 201) return undefined;
  const opened = await fetch(body.link, { redirect: 'manual' });
  const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!;
  return (await (await fetch(`${store.url}/v1/shoppers/${sid}`, { headers: { cookie } })).json()) as View;
}
