import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inLetters, plainId } from '../../edge/contracts/index.js';
import { createMasker } from '../../edge/ingest/mask/masker.js';
import { createFingerprint } from '../../edge/ingest/repeats.js';
import { newId } from '../../edge/ops/new-id.js';

const IDS = 20_000;

const masker = createMasker({ isProduct: () => false, isOwnDevice: () => false });
const blotted = (make: () => string): number =>
  Array.from({ length: IDS }, make).filter((id) => masker.text(id) !== id).length;

describe('ids of the store’s own making', () => {
  it('are never taken for a card number on their way into the journal', () => {
    const print = createFingerprint(randomBytes(32));
    let number = 0;
    const fingerprint = () => {
      number += 1;
      return print({ client: 'till-1', number, topic: 'a', payload: randomBytes(16) });
    };
    expect(blotted(newId)).toBe(0);
    expect(blotted(fingerprint)).toBe(0);
    expect(blotted(() => plainId(() => randomBytes(16).toString('hex')))).toBe(0);
    expect(blotted(() => `media-${inLetters(randomBytes(32).toString('hex'))}`)).toBe(0);
  });

  it('would be noticed: bare random UUIDs and hashes are', () => {
    expect(blotted(randomUUID)).toBeGreaterThan(0);
    expect(blotted(() => randomBytes(32).toString('hex'))).toBeGreaterThan(0);
  });

  it('cannot hold a card number however its digits are written', () => {
    const separators = ['', '-', ' ', '.', '_', '--', ' - '];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...separators), { minLength: 15, maxLength: 15 }), (between) => {
        const written = [...'4111111111111111'].map((digit, n) => `${digit}${between[n] ?? ''}`).join('');
        let tries = 0;
        const made = plainId(() => {
          tries += 1;
          return tries === 1 ? `id-${written}-x` : 'id-x';
        });
        expect(made).toBe('id-x');
      }),
    );
  });

  it('keep hashes apart that differ', () => {
    expect(inLetters('0123456789abcdef')).toBe('ghijklmnopabcdef');
  });
});
