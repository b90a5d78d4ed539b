/**
 * Message encryption for Web Push as a browser undoes it, written from RFC 8188 and RFC 8291 with nothing but
 * `node:crypto`: the store encrypts with a library, and two errors do not cancel out.
 */
import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';

export interface BrowserKeys {
  readonly ecdh: ECDH;
  readonly auth: Buffer;
  /** As `PushSubscription.toJSON().keys` writes them. */
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export function browserKeys(given?: { privateKey: string; auth: string }): BrowserKeys {
  const ecdh = createECDH('prime256v1');
  if (given === undefined) ecdh.generateKeys();
  else ecdh.setPrivateKey(Buffer.from(given.privateKey, 'base64url'));
  const auth = given === undefined ? randomBytes(16) : Buffer.from(given.auth, 'base64url');
  return {
    ecdh,
    auth,
    keys: { p256dh: ecdh.getPublicKey().toString('base64url'), auth: auth.toString('base64url') },
  };
}

const derive = (secret: Buffer, salt: Buffer, info: Buffer, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length));

/** Plaintext of an `aes128gcm` body; throws when anything about it is not as the RFCs say. */
export function decryptPush(body: Buffer, browser: BrowserKeys): Buffer {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const keyIdLength = body[20] ?? 0;
  const senderKey = body.subarray(21, 21 + keyIdLength);
  const sealed = body.subarray(21 + keyIdLength);
  if (senderKey.length !== 65 || senderKey[0] !== 4)
    throw new Error('the key id is no uncompressed P-256 point');
  if (sealed.length > recordSize) throw new Error('a push message is one record');
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), browser.ecdh.getPublicKey(), senderKey]);
  const shared = derive(browser.ecdh.computeSecret(senderKey), browser.auth, keyInfo, 32);
  const contentKey = derive(shared, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(shared, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const decipher = createDecipheriv('aes-128-gcm', contentKey, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 2) throw new Error('the last record must end with 2');
  return padded.subarray(0, end);
}
