import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker } from '../../edge/ingest/mask/masker.js';
import { runSeed } from '../support/promise.js';
import { openRim } from './support/rim.js';

const seed = runSeed('S13 loyalty');
const masker = createMasker({ isProduct: () => false, isOwnDevice: () => false });
const ID = 'L-CANARY-4711';

/** Documents that name a loyalty id in every way in which one that is not understood may. */
const shapes: readonly ((id: string) => string)[] = [
  (id) => JSON.stringify({ store: 's', loyaltyId: id, lines: 'none' }),
  (id) => JSON.stringify({ wrapped: [{ loyaltyId: id, after: 1 }] }, null, 2),
  (id) => JSON.stringify({ body: JSON.stringify({ loyaltyId: id }) }),
  (id) => JSON.stringify({ LoyaltyID: id, loyalty_id: id }),
  (id) => `{"loyaltyId":"${id}`,
  (id) => `{"loyaltyId": "${id}", "lines": [`,
  (id) => `{loyaltyId: ${id}, lines}`,
  (id) => `<sale><loyaltyId>${id}</loyaltyId></sale>`,
  (id) => `loyaltyId=${id}`,
];

describe('a loyalty id in what could not be understood', () => {
  it('is masked in every shape, and nothing after it is lost', () => {
    const printable = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ./_-]{3,40}[A-Za-z0-9]$/);
    fc.assert(
      fc.property(printable, fc.constantFrom(...shapes), (tail, shape) => {
        const body = shape(`${ID} ${tail}`);
        for (const masked of [masker.document(body), masker.unknown(body)]) {
          expect(masked).not.toContain(ID);
          if (tail.length > 8) expect(masked).not.toContain(tail);
        }
      }),
      { seed, numRuns: 400 },
    );
    expect(masker.document('{"loyaltyId":"x","sequence":7}')).toBe('{"loyaltyId":"***","sequence":7}');
    expect(masker.document('{"loyaltyId":4711,"sequence":7}')).toBe('{"loyaltyId":"***","sequence":7}');
  });

  it('is neither in the record that is set aside nor in what the till is told', async () => {
    const rim = await openRim();
    const sale = {
      store: 'harbour-street',
      till: 't',
      businessDay: 'today',
      loyaltyId: ID.repeat(20),
      lines: [],
    };
    for (const bytes of [Buffer.from(JSON.stringify(sale)), Buffer.from(`{"loyaltyId":"${ID}",`)]) {
      const receipt = await rim.intake.receive({
        ...{ topic: 'endcap/v1/pos/t/transaction', bytes, channel: 'mqtt', device: 't' },
      });
      expect(receipt.outcome).toBe('refused');
      expect(JSON.stringify(receipt)).not.toContain(ID);
    }
    expect(JSON.stringify(rim.events())).not.toContain(ID);
    expect(rim.events().filter(({ event }) => event.type === 'quarantine.event')).toHaveLength(2);
  });
});
