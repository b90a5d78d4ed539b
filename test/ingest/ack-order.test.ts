import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { inLetters } from '../../edge/contracts/index.js';
import { createAckQueue } from '../../edge/ingest/mqtt/ack-queue.js';
import { createFingerprint } from '../../edge/ingest/repeats.js';

it('acknowledges in the order in which messages came, however many are answered before the first', () => {
  const left: number[] = [];
  const queue = createAckQueue(() => undefined);
  const slots = Array.from({ length: 300 }, (_, n) => queue.enter(() => left.push(n)));
  const first = [0, 150, 299];
  for (const [n, slot] of slots.entries()) if (!first.includes(n)) slot.acknowledge();
  for (const n of first) {
    slots[n]!.acknowledge();
    expect(left).toEqual([...left.keys()]);
  }
  expect(left).toHaveLength(300);
});

it('closes once the acknowledgements before it have left, and sends none after it', () => {
  const seen: (number | string)[] = [];
  const queue = createAckQueue((reason) => seen.push(reason));
  const slots = Array.from({ length: 130 }, (_, n) => queue.enter(() => seen.push(n)));
  slots[100]!.close('QuotaReached');
  for (const slot of slots) slot.acknowledge();
  expect(seen).toEqual([...Array.from({ length: 100 }, (_, n) => n), 'QuotaReached']);
});

it('gives a message the same fingerprint, however long it is', () => {
  const key = Buffer.alloc(32, 7);
  const print = createFingerprint(key);
  for (const length of [0, 100, 8_000, 8_192, 100_000]) {
    const payload = Buffer.alloc(length, 'x');
    const whole = Buffer.concat([key, Buffer.from(['é-1', 7, 'a/b', ''].join('\0')), payload]);
    const expected = inLetters(createHash('sha256').update(whole).digest('hex').slice(0, 26));
    expect(print({ client: 'é-1', number: 7, topic: 'a/b', payload })).toBe(expected);
  }
});
