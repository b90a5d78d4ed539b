import { randomBytes } from 'node:crypto';

const POOL_BYTES = 4_096;

/**
 * Cryptographic chance in small pieces, from one read of the system's for many: a read each would cost more than the
 * cipher that it is for. No byte is given out twice.
 */
export function createChance(): (bytes: number) => Buffer {
  let pool = Buffer.alloc(0);
  let used = 0;
  return (bytes) => {
    if (used + bytes > pool.length) {
      pool = randomBytes(Math.max(bytes, POOL_BYTES));
      used = 0;
    }
    used += bytes;
    return pool.subarray(used - bytes, used);
  };
}
