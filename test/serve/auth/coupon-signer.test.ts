import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactVerify, importJWK } from 'jose';
import { toString as toQrCode } from 'qrcode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CouponSigner, CouponState } from '../../../edge/ports.js';
import { createCouponSigner } from '../../../edge/serve/auth/coupon-signer.js';

let folder: string;
let signer: CouponSigner;
const coupon: CouponState = {
  couponId: 'c_1042.3',
  code: '9812345678903',
  decisionId: '1042.2',
  campaign: 'cola-10',
  sid: 's_0123456789abcdef',
  discountMinor: 28,
  state: 'good',
  offer: {
    sku: 'cola-750',
    name: 'Cola',
    headline: '10 % off',
    priceMinor: 251,
    wasMinor: 279,
    currency: 'EUR',
    validUntil: '2026-11-23T18:00:00Z',
  },
};
const reason = (answer: object): unknown => ('reason' in answer ? answer.reason : undefined);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-signer-'));
  signer = createCouponSigner({ folder, store: 'store-1' });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('coupon tokens', () => {
  it('are a JWS that any library checks with the published key', async () => {
    const key = await importJWK(signer.publicKeyJwk(), 'EdDSA');
    const { payload } = await compactVerify(signer.sign(coupon), key);
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
      iss: 'store-1',
      jti: 'c_1042.3',
      sku: 'cola-750',
      off: 28,
      cur: 'EUR',
      exp: Date.parse('2026-11-23T18:00:00Z') / 1_000,
    });
  });

  it('say nothing of the shopper and fit a QR code that a till reads', async () => {
    const token = signer.sign(coupon);
    expect(Buffer.from(token.split('.')[1]!, 'base64url').toString()).not.toContain(coupon.sid);
    expect(token.length).toBeLessThanOrEqual(300);
    const svg = await toQrCode(token, { type: 'svg', errorCorrectionLevel: 'M' });
    // Version 13 has 69 modules a side: still readable from a phone at arm's length.
    expect(Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])).toBeLessThanOrEqual(69 + 8);
  });

  it('keep their key over a restart, in a file of mode 0600', () => {
    const again = createCouponSigner({ folder, store: 'store-1' });
    expect(again.verify(signer.sign(coupon))).toEqual({ couponId: 'c_1042.3' });
    expect(statSync(join(folder, 'coupons.pem')).mode & 0o777).toBe(0o600);
  });

  it('S4 refuse every token that this store did not sign', () => {
    const token = signer.sign(coupon);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const hmac = Buffer.from('{"alg":"HS256"}').toString('base64url');
    const { privateKey } = generateKeyPairSync('ed25519');
    const foreign = sign(null, Buffer.from(`${header}.${payload}`), privateKey).toString('base64url');
    const other = createCouponSigner({ folder, store: 'store-2' });
    const bad = [
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${hmac}.${payload}.${signature}`,
      `${header}.${payload}.${foreign}`,
      `${header}.${Buffer.from('{"iss":"store-1","jti":"c_2"}').toString('base64url')}.${signature}`,
      `${header}.${payload}.${signature}=`,
      `${header}.${payload}.${signature}.`,
      `${header}.${payload}`,
      other.sign(coupon),
      '9812345678903',
      '',
      'x'.repeat(5_000),
    ];
    for (const each of bad) expect(reason(signer.verify(each)), each.slice(0, 60)).toBe('CouponSignature');
    expect(signer.verify(token)).toEqual({ couponId: 'c_1042.3' });
  });

  it('S4 refuse each single changed character', () => {
    const token = signer.sign(coupon);
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      expect(reason(signer.verify(changed)), `character ${at}`).toBe('CouponSignature');
    }
  });
});
