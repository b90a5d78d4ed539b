import { type Campaign, isType, type Purpose, type StoreEvent } from '../../../edge/contracts/index.js';
import { adapterNamed } from '../../../edge/ingest/adapters/registry.js';
import type { Clock } from '../../../edge/ports.js';
import { openRim, POLICY, PRODUCTS, STORE, type TestRim } from './rim.js';

const DAY_MS = 86_400_000;
const VALID_MS = 365 * DAY_MS;
const TAG = 'known:6f2a91c04be7';
const LOYALTY = 'L-4711';
/** The writer in this thread: a history opens many stores, and starting threads is most of their time. */
const SYNCHRONOUS = { inProcess: true };

/** What may happen to one shopper, one tag and the clock. */
export type Command =
  | { readonly do: 'grant' | 'refuse' | 'withdraw'; readonly purpose: Purpose }
  | { readonly do: 'visit' | 'buy' | 'restart' }
  | { readonly do: 'wait'; readonly days: number };

const CAMPAIGN: Campaign = {
  ...{ id: 'drink', version: 1, name: 'A drink', kind: 'coupon', validMinutes: 30 },
  products: { skus: ['DRK-0417'], choose: 'first' },
  discount: { percent: 10 },
  where: { zones: ['beverages'] },
};

/** What is done at the level of a person. */
export const KINDS = ['sighting', 'sale', 'decision', 'message'] as const;
type Kind = (typeof KINDS)[number];
/** `without` a valid receipt, and `withheld` although there was one. */
export type Count = Record<Kind, { done: number; without: number; withheld: number }>;
export const noCount = (): Count =>
  Object.fromEntries(KINDS.map((kind) => [kind, { done: 0, without: 0, withheld: 0 }])) as Count;

/** `exact`: with a receipt it must be done, too. */
function judge(count: Count, kind: Kind, was: { done: boolean; allowed: boolean; exact?: true }): void {
  if (was.done) count[kind].done += 1;
  if (was.done && !was.allowed) count[kind].without += 1;
  if (!was.done && was.allowed && was.exact) count[kind].withheld += 1;
}

interface Life {
  rim: TestRim;
  readonly sid: string;
  readonly clock: ReturnType<typeof movingClock>;
  readonly count: Count;
  /** The model: whether all of these purposes are agreed to now. */
  valid(...purposes: Purpose[]): boolean;
}

function movingClock(): Clock & { forward(ms: number): void } {
  let nowMs = Date.parse('2026-11-23T10:00:00Z');
  return {
    nowMs: () => nowMs,
    monotonicMs: () => performance.now(),
    untrusted: () => undefined,
    forward: (ms) => {
      nowMs += ms;
    },
  };
}

/**
 * One life of one shopper on the real rim, journal and core; the model is when each purpose ends. To a store that is
 * `deaf` nothing gets through that somebody takes back.
 */
export async function openLife(count: Count, deaf: boolean) {
  const clock = movingClock();
  const rim = await openRim({ clock, journal: SYNCHRONOUS });
  const { sid } = await rim.people.createShopper();
  await rim.people.linkTag(sid, { tag: TAG });
  await rim.people.linkLoyalty(sid, { loyaltyId: LOYALTY });
  await configure(rim);
  const until = new Map<Purpose, number>();
  const valid = (...purposes: Purpose[]): boolean =>
    purposes.every((purpose) => clock.nowMs() < (until.get(purpose) ?? 0));
  const life: Life = { rim, sid, clock, count, valid };
  let sales = 0;

  const answer = async (what: 'grant' | 'refuse' | 'withdraw', purpose: Purpose): Promise<void> => {
    const granted = what === 'grant';
    until.set(purpose, granted ? clock.nowMs() + VALID_MS : 0);
    if (deaf && !granted) return;
    const { people } = life.rim;
    if (what === 'withdraw') await people.withdraw(sid, purpose);
    else await people.consent({ sid, purpose, granted, textVersion: '1', ageBand: '18+' });
  };
  return {
    async play(step: Command): Promise<void> {
      if (step.do === 'wait') clock.forward(step.days * DAY_MS);
      else if (step.do === 'visit') await visit(life);
      else if (step.do === 'buy') await buy(life, ++sales);
      else if (step.do === 'restart') {
        await life.rim.close();
        life.rim = await openRim({ clock, folder: life.rim.folder, journal: SYNCHRONOUS });
      } else if ('purpose' in step) await answer(step.do, step.purpose);
    },
    close: () => life.rim.close(),
  };
}

async function configure(rim: TestRim): Promise<void> {
  await rim.gate.admit([
    { type: 'hq.policy', device: 'configuration', data: POLICY },
    { type: 'hq.catalog', device: 'configuration', data: { products: [...PRODUCTS] } },
    { type: 'hq.campaign', device: 'configuration', data: CAMPAIGN },
  ]);
  await rim.engine.idle();
}

/** What stands in the journal because of this. */
async function madeBy({ rim }: Life, work: () => Promise<unknown>): Promise<readonly StoreEvent[]> {
  const after = rim.journal.stats().lastOffset;
  await work();
  await rim.engine.idle();
  return rim.journal.read({ after, limit: 1_000 }).map(({ event }) => event);
}

/** Long enough to be taken as there. */
async function visit(life: Life): Promise<void> {
  const { rim, sid, clock, count, valid } = life;
  for (let second = 0; second < 4; second += 1) {
    clock.forward(1_000);
    for (const event of await madeBy(life, () => hear(rim))) {
      if (isType(event, 'presence.sighting')) {
        const done = event.data.visitor === `s:${sid}`;
        judge(count, 'sighting', { done, allowed: valid('location'), exact: true });
      }
      const personal = isType(event, 'coupon.issued') || isType(event, 'promo.decision');
      if (personal && event.data.sid === sid)
        judge(count, 'decision', { done: true, allowed: valid('location', 'profile') });
    }
  }
  const leave = rim.engine.views.pushLeave(sid, clock.nowMs());
  judge(count, 'message', { done: leave.ok, allowed: valid('push', 'location') });
  // Whoever is refused for another reason has agreed.
  if (!leave.ok && leave.reason !== 'NoConsent')
    judge(count, 'message', { done: true, allowed: valid('push') });
}

async function buy(life: Life, sequence: number): Promise<void> {
  const { rim, sid, count, valid } = life;
  for (const event of await madeBy(life, () => sell(rim, sequence)))
    if (isType(event, 'pos.transaction'))
      judge(count, 'sale', { done: event.data.sid === sid, allowed: valid('profile'), exact: true });
}

const hear = (rim: TestRim): Promise<unknown> =>
  rim.intake.receive({
    topic: `espresense/devices/${TAG}/node-1`,
    bytes: Buffer.from('{"rssi":-50}'),
    channel: 'mqtt',
    device: 'node-1',
  });

function sell(rim: TestRim, sequence: number): Promise<unknown> {
  const line = { line: 1, sku: 'DRK-0417', quantity: 1, unitMinor: 279, totalMinor: 279, kind: 'sale' };
  const sale = {
    ...{ store: STORE, till: 'till-2', businessDay: '2026-11-23', sequence, type: 'sale', currency: 'EUR' },
    ...{ lines: [line], tenders: [{ type: 'card', amountMinor: 279 }], totalMinor: 279, loyaltyId: LOYALTY },
  };
  const bytes = Buffer.from(JSON.stringify(sale));
  return rim.intake.receive({
    ...{ topic: '', bytes, channel: 'http', device: 'till-2' },
    adapter: adapterNamed('native-pos')!,
  });
}
