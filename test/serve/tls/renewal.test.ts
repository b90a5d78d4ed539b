import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { SystemTime } from '../../../edge/ops/clock.js';
import { openAuthority } from '../../../edge/serve/tls/authority.js';
import { certificatesNow, endingSoon } from '../../../edge/serve/tls/expiry.js';
import { openServerCertificate } from '../../../edge/serve/tls/server-certificate.js';
import { makeRequest, newKey } from '../../../edge/serve/tls/x509.js';
import { authorityOf, enter, forge, strangersRoot } from '../../fault/support/forgery.js';
import { callHttps, handshake, startTlsStore, type TlsStore } from './support.js';

const DAY_MS = 86_400_000;
const NOW_MS = Date.now();
let store: TlsStore | undefined;
afterEach(async () => {
  await store?.remove();
  store = undefined;
});

/** The machine's clock as the test turns it; trusted, as after a time server has answered. */
function turnedClock(startMs: number) {
  let offsetMs = startMs - Date.now();
  const system: SystemTime = {
    wallMs: () => Date.now() + offsetMs,
    monotonicMs: () => performance.now(),
    synchronised: () => true,
  };
  return {
    system,
    turn: (toMs: number) => {
      offsetMs = toMs - Date.now();
    },
  };
}

const shownBy = async (target: TlsStore): Promise<X509Certificate> => {
  const { socket } = await handshake({ ...target.https, ca: target.root });
  const certificate = socket.getPeerX509Certificate()!;
  socket.destroy();
  return certificate;
};

describe('server certificates', () => {
  it('are made anew when a third of their time is left, without ending a connection', async () => {
    const clock = turnedClock(NOW_MS);
    store = await startTlsStore({ system: clock.system });
    const before = await shownBy(store);
    const held = await handshake({ ...store.https, ca: store.root });
    clock.turn(NOW_MS + 59 * DAY_MS);
    await store.app.trust.look();
    expect((await shownBy(store)).serialNumber).toBe(before.serialNumber);
    clock.turn(NOW_MS + 61 * DAY_MS);
    await store.app.trust.look();
    const after = await shownBy(store);
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect(Date.parse(after.validTo)).toBeGreaterThan(NOW_MS + 150 * DAY_MS);
    expect(held.socket.destroyed).toBe(false);
    held.socket.destroy();
  }, 20_000);

  it('last over a restart, with keys that only the store may read', async () => {
    store = await startTlsStore();
    const before = await shownBy(store);
    const { root } = store;
    store = await store.restart();
    expect((await shownBy(store)).serialNumber).toBe(before.serialNumber);
    expect(store.root).toBe(root);
    for (const name of ['authority.key', 'pages.key', 'broker.key']) {
      const file = join(store.directory, 'data', 'keys', 'tls', name);
      expect(statSync(file).mode & 0o777, name).toBe(0o600);
    }
  }, 20_000);

  it('are made anew when a full disk cut them short; an authority that is broken is never replaced unasked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'endcap-broken-'));
    try {
      const deps = { folder, storeId: 'store-1', nowMs: () => NOW_MS };
      const authority = await openAuthority(deps);
      const open = () =>
        openServerCertificate({ ...deps, kind: 'pages', authority, names: () => ['localhost'] });
      await open();
      truncateSync(join(folder, 'pages.crt'), 100);
      expect((await open()).notAfterMs()).toBeGreaterThan(NOW_MS);
      truncateSync(join(folder, 'authority.key'), 100);
      await expect(openAuthority(deps)).rejects.toThrow(/are not a pair\. Put both back/);
      rmSync(join(folder, 'authority.key'));
      await expect(openAuthority(deps)).rejects.toThrow(/authority\.key is missing\. Put it back/);
      rmSync(join(folder, 'authority.crt'));
      expect((await openAuthority(deps)).fingerprint).not.toBe(authority.fingerprint);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are made anew when the box has another address', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'endcap-names-'));
    try {
      const nowMs = () => NOW_MS;
      const authority = await openAuthority({ folder, storeId: 'store-1', nowMs });
      let names = ['localhost', '192.168.1.10'];
      const made = await openServerCertificate({
        folder,
        kind: 'pages',
        authority,
        names: () => names,
        nowMs,
      });
      const before = made.pair().certificate;
      expect(await made.renew()).toBe(false);
      names = ['localhost', '192.168.1.77'];
      expect(await made.renew()).toBe(true);
      expect(made.pair().certificate).not.toBe(before);
      expect(new X509Certificate(made.pair().certificate).checkIP('192.168.1.77')).toBe('192.168.1.77');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('stay under what Apple takes, and are good for a tablet a year behind', async () => {
    store = await startTlsStore();
    const { validFrom, validTo } = await shownBy(store);
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBeLessThan(825 * DAY_MS);
    expect(Date.parse(validFrom)).toBeLessThan(NOW_MS - 365 * DAY_MS);
  });
});

describe('a first boot in 1970', () => {
  it('makes certificates that are good by a right clock, and renews at once when its own is set', async () => {
    const clock = turnedClock(3 * DAY_MS);
    store = await startTlsStore({ system: clock.system });
    const device = await store.device('beverages-1');
    const shown = { ca: store.root, cert: device.certificate, key: device.key };
    // This test's own handshakes are by the right clock.
    expect((await callHttps(store.https, '/v1/session', shown)).status).toBe(200);
    const before = await shownBy(store);
    const setMs = Date.UTC(2027, 5, 1);
    clock.turn(setMs);
    await store.app.trust.look();
    const after = await shownBy(store);
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect(Date.parse(after.validTo)).toBeGreaterThan(setMs + 80 * DAY_MS);
    expect((await callHttps(store.https, '/v1/session', shown)).status).toBe(200);
  }, 20_000);

  it('is no trouble for a sensor that lives in 1970: root, broker and device reach back to then', async () => {
    store = await startTlsStore();
    const device = await store.device('beverages-1');
    const { socket } = await handshake({ ...store.mqtts, ca: store.root });
    const broker = socket.getPeerX509Certificate()!;
    socket.destroy();
    for (const one of [new X509Certificate(store.root), broker, new X509Certificate(device.certificate)]) {
      expect(Date.parse(one.validFrom)).toBe(0);
    }
  });
});

describe('a clock that was turned', () => {
  it('back does not make an ended certificate good again; forward without a time server ends none', async () => {
    let synchronised = true;
    const clock = turnedClock(NOW_MS);
    const system: SystemTime = { ...clock.system, synchronised: () => synchronised };
    store = await startTlsStore({ system });
    const device = await store.device('beverages-1');
    const ask = () =>
      callHttps(store!.https, '/v1/session', { ca: store!.root, cert: device.certificate, key: device.key });
    synchronised = false;
    clock.turn(NOW_MS + 4_000 * DAY_MS);
    expect((await ask()).status).toBe(200);
    synchronised = true;
    clock.turn(NOW_MS + 366 * DAY_MS);
    await expect(ask()).rejects.toThrow();
    clock.turn(NOW_MS);
    await expect(ask()).rejects.toThrow();
  }, 20_000);
});

describe('two clocks that differ', () => {
  it('the store’s own rules: what it calls good is good, and a stranger does not gain by it', async () => {
    // The machine of this test lives later than the store: to OpenSSL both certificates have ended.
    store = await startTlsStore({ system: turnedClock(NOW_MS - 10 * DAY_MS).system });
    const ended = { notBefore: new Date(0), notAfter: new Date(NOW_MS - DAY_MS) };
    const own = await forge(authorityOf(store.directory), { validity: ended });
    const strange = await forge(await strangersRoot('Endcap store-014 authority'), { validity: ended });
    for (const { serial } of [own, strange]) {
      enter(store.directory, { serial, subject: 'beverages-1', role: 'device', notAfterMs: NOW_MS - DAY_MS });
    }
    const ask = ({ certificate, key }: { certificate: string; key: string }) =>
      callHttps(store!.https, '/v1/session', { ca: store!.root, cert: certificate, key });
    expect((await ask(own)).status).toBe(200);
    await expect(ask(strange)).rejects.toThrow();
  }, 20_000);
});

describe('what ends when', () => {
  it('is a gauge and an alarm for staff, a fortnight ahead', async () => {
    const clock = turnedClock(NOW_MS);
    store = await startTlsStore({ system: clock.system });
    await store.device('beverages-1');
    const ask = async (path: string) =>
      (
        await callHttps(store!.https, path, {
          ca: store!.root,
          headers: { authorization: `Bearer ${store!.token('admin')}` },
        })
      ).text;
    expect(JSON.parse(await ask('/v1/status')).alarms).toEqual([]);
    expect(await ask('/metrics')).toMatch(/endcap_certificate_days_left\{kind="device"\} 36[45]\n/);
    clock.turn(NOW_MS + 355 * DAY_MS);
    store = await store.restart();
    const { alarms } = JSON.parse(await ask('/v1/status')) as { alarms: { code: string; text: string }[] };
    const ending = alarms.find(({ code }) => code === 'CertificateEnding');
    expect(ending?.text).toMatch(/of device beverages-1 ends on \d{4}-\d\d-\d\d\. .*endcap cert issue/);
    expect(await ask('/metrics')).toMatch(/endcap_certificate_days_left\{kind="device"\} (9|10)\n/);
    expect(await ask('/metrics')).toMatch(/endcap_certificate_days_left\{kind="pages"\} (89|90)\n/);
  }, 20_000);

  it('says what to do a fortnight ahead, and looks at the newest certificate of a device', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'endcap-ends-'));
    try {
      const authority = await openAuthority({ folder, storeId: 'store-1', nowMs: () => NOW_MS });
      const made = await authority.device(
        { subject: 'a', role: 'device' },
        await makeRequest('a', newKey().key),
      );
      const row = { subject: 'a', role: 'device', issuedMs: NOW_MS, revokedMs: null } as const;
      const at = (days: number) =>
        certificatesNow(
          { folder },
          [
            { ...row, serial: made.serial, notAfterMs: made.notAfterMs },
            { ...row, serial: '01', notAfterMs: NOW_MS + 3 * DAY_MS },
          ],
          NOW_MS + days * DAY_MS,
        );
      expect(endingSoon(at(0))).toEqual([]);
      expect(at(0).map(({ state }) => state)).toEqual(['good', 'good', 'replaced']);
      const [soon] = endingSoon(at(352));
      expect(soon).toMatchObject({ kind: 'device', subject: 'a', state: 'ending', daysLeft: 13 });
      expect(soon?.cure).toContain('endcap cert issue');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
