import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A decision is some KiB; what unpacks to more than this was not made here. */
const PLAIN_BYTES_MAX = 1024 * 1024;
/** A longer text is packed. Packing a short one costs more than sealing it, and saves little. */
const PACKED_FROM_BYTES = 2_048;
/** RFC 1951, section 3.2.4: the last block, stored; its length, and that inverted. */
const STORED_HEAD_BYTES = 5;

/**
 * Boxes of text: nonce, AES-256-GCM of a raw deflate stream, tag, as base64url. A box opens with the key and the binding
 * that it was sealed with.
 */
export function createBoxes(random: (bytes: number) => Buffer) {
  const keys = new WeakMap<Buffer, Buffer>();
  const scratch = Buffer.alloc(STORED_HEAD_BYTES + PACKED_FROM_BYTES);
  /** One key for names, another for boxes; worked out once for as long as the vault holds it. */
  const cipherKey = (key: Buffer): Buffer => {
    let derived = keys.get(key);
    if (derived === undefined) {
      derived = createHmac('sha256', key).update('seal').digest();
      keys.set(key, derived);
    }
    return derived;
  };
  const packed = (text: string): Buffer => {
    const bytes = Buffer.byteLength(text);
    if (bytes >= PACKED_FROM_BYTES) return deflateRawSync(text, { level: 1 });
    scratch[0] = 1;
    scratch.writeUInt16LE(bytes, 1);
    scratch.writeUInt16LE(~bytes & 0xffff, 3);
    scratch.write(text, STORED_HEAD_BYTES);
    return scratch.subarray(0, STORED_HEAD_BYTES + bytes);
  };
  return {
    seal(binding: string, key: Buffer, text: string): string {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', cipherKey(key), nonce).setAAD(Buffer.from(binding));
      const sealed = cipher.update(packed(text));
      const last = cipher.final();
      return Buffer.concat([nonce, sealed, last, cipher.getAuthTag()]).toString('base64url');
    },
    /** `undefined` when the box was damaged or is not of this key or binding. */
    open(binding: string, key: Buffer, sealed: string): string | undefined {
      const box = Buffer.from(sealed, 'base64url');
      try {
        const cipher = createDecipheriv('aes-256-gcm', cipherKey(key), box.subarray(0, NONCE_BYTES))
          .setAAD(Buffer.from(binding))
          .setAuthTag(box.subarray(-TAG_BYTES));
        const plain = Buffer.concat([cipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
        return inflateRawSync(plain, { maxOutputLength: PLAIN_BYTES_MAX }).toString();
      } catch {
        return undefined;
      }
    },
  };
}
