import { expect, it } from 'vitest';
import { type JournalledEvent, RefusalError, type StoreEvent } from '../../edge/contracts/index.js';
import { createOpenOffers } from '../../edge/deliver/open-offers.js';
import type { Draft } from '../../edge/ports.js';
import type { Place } from '../../edge/store/types.js';

const SID = 's_anna000000000';
const DEADLINE_MS = 10_000;

/** A journal that is as slow as the test says, and may refuse. */
function setUp() {
  let nowMs = 0;
  const ends: string[] = [];
  const waiting: { commit(): void; refuse(): void }[] = [];
  const offers = createOpenOffers({
    clock: { nowMs: () => nowMs },
    gate: {
      admit: (drafts: readonly Draft[]) =>
        new Promise<readonly Place[]>((done, failed) => {
          waiting.push({
            commit() {
              ends.push(...drafts.map(({ id }) => String(id)));
              done(drafts.map((_, index) => ({ offset: index + 2 })));
            },
            refuse: () => failed(new RefusalError({ reason: 'QuotaReached', detail: 'full' })),
          });
        }),
    },
  });
  const offer = { couponId: 'c-1', validUntil: new Date(DEADLINE_MS).toISOString() };
  const data = { surface: 'phone', outcome: 'offered', sid: SID, offer, decisionId: 'd-1', campaign: 'c' };
  const event = { type: 'promo.decision', id: 'd-1', data } as unknown as StoreEvent;
  offers.take({ offset: 1, event } as JournalledEvent);
  const journal = async (): Promise<{ commit(): void; refuse(): void }> => {
    for (let turn = 0; turn < 20 && waiting.length === 0; turn += 1) await Promise.resolve();
    return waiting.shift() ?? { commit: () => undefined, refuse: () => undefined };
  };
  const [open] = offers.list();
  return { offers, open: open!, ends, journal, pass: (ms: number) => (nowMs += ms) };
}

it('ends an offer once, where the page shows it while its message is under way', async () => {
  const { offers, open, ends, journal } = setUp();
  let arrived = (): void => undefined;
  const message = offers.alone('d-1', async () => {
    await new Promise<void>((done) => (arrived = done));
    await offers.settle(open, { outcome: 'sent' });
  });
  const seen = offers.seen(SID, 'd-1');
  expect(await Promise.race([seen, Promise.resolve('waits')])).toBe('waits');
  arrived();
  (await journal()).commit();
  await message;
  expect(await seen).toEqual({ ok: true });
  expect(ends).toEqual(['push/d-1/push-sent']);
});

it('loses no sight of an offer: where the message fails, the page that showed it ends it', async () => {
  const { offers, open, ends, journal } = setUp();
  const message = offers.alone('d-1', async () => void (await offers.settle(open, { outcome: 'failed' })));
  const seen = offers.seen(SID, 'd-1');
  (await journal()).commit();
  await message;
  (await journal()).commit();
  expect(await seen).toEqual({ ok: true });
  expect(ends).toEqual(['push/d-1/push-failed', 'push/d-1/sent']);
});

it('sends nothing for what the page has shown, and says nothing of it a second time', async () => {
  const { offers, open, ends, journal } = setUp();
  const seen = offers.seen(SID, 'd-1');
  let sent = 0;
  const message = offers.alone('d-1', async () => {
    sent += 1;
  });
  (await journal()).commit();
  expect(await seen).toEqual({ ok: true });
  await message;
  expect(sent).toBe(0);
  expect(await offers.settle(open, { outcome: 'sent' })).toBeUndefined();
  expect(ends).toEqual(['push/d-1/sent']);
});

it('does not expire what is under way, and is seen after all where the journal refused at first', async () => {
  const { offers, ends, journal, pass } = setUp();
  const first = offers.seen(SID, 'd-1');
  pass(DEADLINE_MS);
  await offers.expire();
  (await journal()).refuse();
  expect(await first).toEqual({ ok: false });
  const second = offers.seen(SID, 'd-1');
  (await journal()).commit();
  expect(await second).toEqual({ ok: true });
  await offers.expire();
  expect(ends).toEqual(['push/d-1/sent']);
});
