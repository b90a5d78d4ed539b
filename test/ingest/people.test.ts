import { statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isType, type PURPOSES, RefusalError, type RefusalReason } from '../../edge/contracts/index.js';
import { createVault } from '../../edge/ingest/vault.js';
import { createVisitors } from '../../edge/ingest/visitors.js';
import type { Clock } from '../../edge/ports.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { openRim, type TestRim, temporaryFolder, wallClock } from './support/rim.js';

const MODEL_RUNS = sized({ q: 25, n: 500 });
const DAY_MS = 86_400_000;
const TAG = 'known:6f2a91c04be7';
const seed = runSeed('S14');

async function reasonOf(work: Promise<unknown>): Promise<RefusalReason | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal.reason;
    throw error;
  }
}

describe('a shopper', () => {
  it('is made, linked and asked; each answer is durable and already true', async () => {
    const rim = await openRim();
    const { sid } = await rim.people.createShopper();
    expect(sid).toMatch(/^s_[A-Za-z0-9_-]{16}$/);
    expect(rim.engine.views.knowsShopper(sid)).toBe(true);
    await rim.people.linkTag(sid, { tag: TAG });
    await rim.people.linkTag(sid, { tag: TAG.toUpperCase() });
    const receipt = await rim.people.consent({
      ...{ sid, purpose: 'location', granted: true, textVersion: '2026-10', ageBand: '18+' },
    });
    expect(receipt.validMs).toBe(365 * DAY_MS);
    expect(rim.engine.views.consented(sid, 'location', Date.now())).toBe(true);
    expect(rim.visitors.visitorOf(TAG)).toBe(`s:${sid}`);
    await rim.people.withdraw(sid, 'location');
    expect(rim.visitors.visitorOf(TAG)).toMatch(/^a:/);
  });

  it('is refused by name where something is wrong, without repeating what was typed', async () => {
    const rim = await openRim();
    const { sid } = await rim.people.createShopper();
    const { sid: other } = await rim.people.createShopper();
    await rim.people.linkTag(sid, { tag: TAG });
    const call = { sid, purpose: 'location', granted: true, textVersion: '1', ageBand: '18+' };
    expect(await reasonOf(rim.people.linkTag(other, { tag: TAG }))).toBe('TagTaken');
    expect(await reasonOf(rim.people.linkTag('s_unknownunknown', { tag: 'x:y' }))).toBe('UnknownShopper');
    expect(await reasonOf(rim.people.linkTag(sid, { tag: 7 }))).toBe('SchemaMismatch');
    expect(await reasonOf(rim.people.consent({ ...call, sid: 's_unknownunknown' }))).toBe('UnknownShopper');
    expect(await reasonOf(rim.people.consent({ ...call, purpose: 'everything' }))).toBe('SchemaMismatch');
    expect(await reasonOf(rim.people.withdraw(sid, 'everything'))).toBe('NotFound');
    await expect(rim.people.linkLoyalty(sid, { loyaltyId: ['L-4711'] })).rejects.not.toThrow('4711');
  });
});

describe('the vault', () => {
  it('keeps its files to the owner, its links over a restart, and forgets whom it is told to', () => {
    const folder = join(temporaryFolder(), 'vault');
    const first = createVault({ folder, clock: wallClock });
    const sid = first.createShopper();
    first.linkTag(sid, TAG);
    first.linkLoyalty(sid, 'L-4711');
    first.close();
    for (const file of ['vault.key', 'vault.sqlite'])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    const second = createVault({ folder, clock: wallClock });
    expect([second.sidOfTag(TAG), second.sidOfLoyalty('L-4711'), second.knows(sid)]).toEqual([
      sid,
      sid,
      true,
    ]);
    // A tag and a loyalty id of the same spelling are two things.
    expect(second.sidOfTag('L-4711')).toBeUndefined();
    second.erase({ receiptId: 'r-1', sid, asked: 'shopper', atMs: Date.now() });
    expect([second.sidOfTag(TAG), second.sidOfLoyalty('L-4711'), second.knows(sid)]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    second.close();
  });
});

/** The writer in this thread: a history opens many stores, and starting threads is most of their time. */
const SYNCHRONOUS = { inProcess: true };

/** What may happen to one shopper, one tag and the clock. */
type Command =
  | { readonly do: 'grant' | 'refuse' | 'withdraw'; readonly purpose: (typeof PURPOSES)[number] }
  | { readonly do: 'hear' | 'restart' }
  | { readonly do: 'wait'; readonly days: number };

const purpose = fc.constantFrom('location' as const, 'location' as const, 'profile' as const);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Command>({ do: 'hear' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('grant' as const, 'refuse' as const, 'withdraw' as const),
      purpose,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 200, 364, 366) }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'restart' }) },
);

function movingClock(): Clock & { forward(days: number): void } {
  let nowMs = Date.parse('2026-11-23T10:00:00Z');
  return {
    nowMs: () => nowMs,
    monotonicMs: () => performance.now(),
    untrusted: () => undefined,
    forward: (days) => {
      nowMs += days * DAY_MS;
    },
  };
}

const hear = (rim: TestRim): Promise<unknown> =>
  rim.intake.receive({
    topic: `espresense/devices/${TAG}/node-1`,
    bytes: Buffer.from('{"rssi":-70}'),
    channel: 'mqtt',
    device: 'node-1',
  });

/** Runs the commands on the real rim; says which sightings should have named the shopper, and which did. */
async function play(
  commands: readonly Command[],
  always: boolean,
): Promise<{ expected: boolean[]; named: boolean[] }> {
  const clock = movingClock();
  let rim = await openRim({ clock, journal: SYNCHRONOUS });
  const { sid } = await rim.people.createShopper();
  await rim.people.linkTag(sid, { tag: TAG });
  const expected: boolean[] = [];
  const named: boolean[] = [];
  let untilMs = 0;
  for (const step of commands) {
    if (step.do === 'wait') clock.forward(step.days);
    else if (step.do === 'restart') {
      await rim.close();
      rim = await openRim({ clock, folder: rim.folder, journal: SYNCHRONOUS });
    } else if (step.do === 'hear') {
      expected.push(clock.nowMs() < untilMs);
      if (always) {
        // Negative control: nobody asks for consent.
        const views = { consented: () => true };
        named.push(createVisitors({ vault: rim.vault, views, clock }).visitorOf(TAG) === `s:${sid}`);
      } else await hear(rim);
    } else if ('purpose' in step) {
      const granted = step.do === 'grant';
      const call = { sid, purpose: step.purpose, granted, textVersion: '1', ageBand: '18+' };
      await (step.do === 'withdraw' ? rim.people.withdraw(sid, step.purpose) : rim.people.consent(call));
      if (step.purpose === 'location') untilMs = granted ? clock.nowMs() + 365 * DAY_MS : 0;
    }
  }
  if (!always) {
    const heard = rim
      .events()
      .flatMap(({ event }) => (isType(event, 'presence.sighting') ? [event.data] : []));
    named.push(...heard.map((sighting) => sighting.visitor === `s:${sid}`));
  }
  await rim.close();
  return { expected, named };
}

describe('S14: consent gates processing', () => {
  it(`names a shopper exactly while they agreed, over ${MODEL_RUNS} histories`, async () => {
    const histories = fc.sample(fc.array(command, { minLength: 4, maxLength: 14 }), {
      seed,
      numRuns: MODEL_RUNS,
    });
    let sightings = 0;
    let namedWithout = 0;
    for (const history of histories) {
      const { expected, named } = await play(history, false);
      expect(named, `seed ${seed}: ${JSON.stringify(history)}`).toEqual(expected);
      sightings += named.length;
    }
    for (const history of histories.slice(0, 5)) {
      const { expected, named } = await play(
        [...history, { do: 'withdraw', purpose: 'location' }, { do: 'hear' }],
        true,
      );
      namedWithout += named.filter((was, index) => was && !expected[index]).length;
    }
    expect(namedWithout).toBeGreaterThan(0);
    keptPromise({
      promise: 'S14 (rim)',
      what: `${MODEL_RUNS} histories of consent, refusal, withdrawal, time and restart; ${sightings} sightings`,
      figure: '0 named without a valid receipt',
      control: `consent not asked for: ${namedWithout} named without one`,
      seed,
    });
  }, 180_000);

  it('holds from the moment of the call, before the withdrawal is even durable', async () => {
    const rim = await openRim();
    const { sid } = await rim.people.createShopper();
    await rim.people.linkTag(sid, { tag: TAG });
    await rim.people.consent({ sid, purpose: 'location', granted: true, textVersion: '1', ageBand: '18+' });
    const withdrawing = rim.people.withdraw(sid, 'location');
    expect(rim.visitors.visitorOf(TAG)).toMatch(/^a:/);
    await withdrawing;
  });
});
