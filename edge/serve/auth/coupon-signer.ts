/**
 * Coupons that a cut-off till can check: a JWS in compact form (RFC 7515, EdDSA over Ed25519, RFC 8037), short
 * enough for a QR code. The header is fixed, so there is no algorithm to choose and none to confuse.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COUPON_CODE_CHARACTERS_MAX, type Refusal } from '../../contracts/index.js';
import { writeDurably } from '../../ops/durable-file.js';
import type { CouponSigner, CouponState } from '../../ports.js';

const HEADER = Buffer.from('{"alg":"EdDSA"}').toString('base64url');
const SIGNATURE_BYTES = 64;

/** Loads the store's key from `<folder>/coupons.pem`, or makes it (mode 0600). */
export function createCouponSigner(deps: { folder: string; store: string }): CouponSigner {
  const privateKey = loadOrCreateKey(join(deps.folder, 'coupons.pem'));
  const publicKey = createPublicKey(privateKey);
  return {
    sign: (coupon) => {
      const input = `${HEADER}.${Buffer.from(JSON.stringify(claimsOf(coupon, deps.store))).toString('base64url')}`;
      return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
    },
    verify: (token) => verifyToken(token, publicKey, deps.store),
    publicKeyJwk: () => {
      const jwk = publicKey.export({ format: 'jwk' });
      return { ...jwk, alg: 'EdDSA', use: 'sig', kid: thumbprint(jwk.x ?? '') };
    },
  };
}

/** Short names, since each character makes the QR code finer: documented at `GET /v1/pos/coupons/key`. */
function claimsOf(coupon: CouponState, store: string) {
  return {
    iss: store,
    jti: coupon.couponId,
    sku: coupon.offer.sku,
    off: coupon.discountMinor,
    cur: coupon.offer.currency,
    exp: Math.floor(Date.parse(coupon.offer.validUntil) / 1_000),
  };
}

function verifyToken(token: string, key: KeyObject, store: string): { couponId: string } | Refusal {
  const refuse = (detail: string): Refusal => ({ reason: 'CouponSignature', detail, field: '/code' });
  if (token.length > COUPON_CODE_CHARACTERS_MAX)
    return refuse('the code is longer than any that this store signs');
  const [header, payload, signature, ...rest] = token.split('.');
  if (header !== HEADER || payload === undefined || signature === undefined || rest.length > 0) {
    return refuse('the code is not one of this store');
  }
  const bytes = Buffer.from(signature, 'base64url');
  // A second spelling of the same signature would be a second code for one coupon.
  if (bytes.length !== SIGNATURE_BYTES || bytes.toString('base64url') !== signature) {
    return refuse('the signature is not whole');
  }
  if (!verify(null, Buffer.from(`${header}.${payload}`), key, bytes)) {
    return refuse('the signature does not fit the key of this store');
  }
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
  if (claims['iss'] !== store || typeof claims['jti'] !== 'string') {
    return refuse('the code was signed for another store');
  }
  return { couponId: claims['jti'] };
}

/** RFC 7638, over the three members that an Ed25519 key has. */
function thumbprint(x: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}

function loadOrCreateKey(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  writeDurably(file, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return privateKey;
}
