/** What somebody might hold up instead of a token, made from what an attacker can have: everything but a good one. */

import type { JsonWebKey } from 'node:crypto';
import { createHash, createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

const b64 = (text: string | Buffer): string => Buffer.from(text).toString('base64url');
const json = (value: object): string => b64(JSON.stringify(value));

/** Claims under which a verifier that believes them would let in an admin, or take a coupon. */
const CLAIMS = {
  ...{ role: 'admin', subject: 'staff', sub: 'staff', use: 'bearer', aud: 'endcap', exp: 4_102_444_800 },
  ...{ sku: 'DRK-1002', off: 100, cur: 'EUR' },
};

export interface Known {
  /** Published by the store, so known to everybody. */
  readonly jwk: JsonWebKey;
  readonly store: string;
  /** A coupon that exists. */
  readonly couponId: string;
}

/** Compact tokens (RFC 7515) that a verifier takes when it lets the token choose the algorithm or the key. */
export function forgedJws(known: Known): Readonly<Record<string, string>> {
  const payload = json({ ...CLAIMS, iss: known.store, jti: known.couponId });
  const forged: Record<string, string> = {};
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
    forged[`alg ${JSON.stringify(alg)}`] = `${json({ alg })}.${payload}.`;
    forged[`alg ${JSON.stringify(alg)} with some signature`] =
      `${json({ alg })}.${payload}.${b64(randomBytes(64))}`;
  }
  forged['no alg'] = `${json({ typ: 'JWT' })}.${payload}.`;
  // Confusion: what everybody knows, the public key, taken for the secret of an HMAC.
  const raw = Buffer.from(String(known.jwk.x), 'base64url');
  const secrets = {
    'the raw key': raw,
    'the JWK': JSON.stringify(known.jwk),
    'its x': String(known.jwk.x),
    nothing: '',
  };
  for (const [name, secret] of Object.entries(secrets)) {
    for (const [alg, hash] of [
      ['HS256', 'sha256'],
      ['HS512', 'sha512'],
    ] as const) {
      const input = `${json({ alg })}.${payload}`;
      forged[`${alg} over ${name}`] =
        `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
    }
  }
  return { ...forged, ...ownKey(payload) };
}

/** Signed well, by a key that the token brings along. */
function ownKey(payload: string): Record<string, string> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' });
  const signed = (header: object): string => signedBy(privateKey, json(header), payload);
  return {
    'a key of their own': signed({ alg: 'EdDSA' }),
    'a key of their own, in the header': signed({ alg: 'EdDSA', jwk }),
    'a key of their own, at an address': signed({
      alg: 'EdDSA',
      jku: 'https://keys.example/jwks.json',
      kid: '1',
    }),
    'a key id that is a path': signed({ alg: 'EdDSA', kid: '../../../../dev/null' }),
    'a header that must be understood': signed({ alg: 'EdDSA', crit: ['b64'], b64: false }),
  };
}

export function signedBy(key: KeyObject, header: string, payload: string): string {
  const input = `${header}.${payload}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

/** Spellings of a good token that are not the token. */
export function respelled(token: string): Readonly<Record<string, string>> {
  const last = token.at(-1) === 'A' ? 'B' : 'A';
  return {
    'in capitals': token.toUpperCase(),
    'in small letters': token.toLowerCase(),
    'without its last letter': token.slice(0, -1),
    'with another last letter': token.slice(0, -1) + last,
    twice: token + token,
    'longer by a letter': `${token}A`,
    'without its prefix': token.replace(/^ec_/, ''),
    'its prefix alone': 'ec_',
    'what lies on the disk of it': createHash('sha256').update(token).digest('hex'),
    'what lies on the disk of it, as a token': `ec_${createHash('sha256').update(token).digest('base64url')}`,
    'a guess': `ec_${randomBytes(32).toString('base64url')}`,
    zeros: `ec_${Buffer.alloc(32).toString('base64url')}`,
    'eight thousand letters': `ec_${'A'.repeat(8_000)}`,
    'a piece of SQL': "ec_'OR'1'='1",
  };
}
