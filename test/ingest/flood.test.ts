import { describe, expect, it } from 'vitest';
import { isType, RefusalError } from '../../edge/contracts/index.js';
import type { Journal } from '../../edge/store/types.js';
import { until } from '../support/until.js';
import { CONNACK, connectPacket, openRaw, packet } from './support/raw-client.js';
import { openRim, type RimOptions, type TestRim } from './support/rim.js';

const BAD = 4_000;
const STORED_MAX = 50;
/** What 50 records with their bodies and two summaries take, at most. */
const BYTES_MAX = 100_000;
const BODY = `{"sku":"DRK-0417","count":"many","pad":"${'x'.repeat(1_000)}"}`;
const few = { senderRecordsAMinute: STORED_MAX };

const send = (rim: TestRim, device: string, body: string) =>
  rim.intake.receive({
    topic: `endcap/v1/shelf/${device}`,
    bytes: Buffer.from(body),
    channel: 'mqtt',
    device,
  });

const asideOf = (rim: TestRim) =>
  rim.events().flatMap(({ event }) => (isType(event, 'quarantine.event') ? [event.data] : []));

/** One broken device sends as fast as it can; another goes on as always. */
async function flood(options: RimOptions) {
  const rim = await openRim(options);
  const answers = [];
  let good = 0;
  for (let n = 0; n < BAD; n += 100) {
    const batch = Array.from({ length: 100 }, () => send(rim, 'shelf-1', BODY));
    const { outcome } = await send(rim, 'shelf-2', `{"sku":"DRK-0417","count":${n}}`);
    good += Number(outcome === 'kept');
    answers.push(...(await Promise.all(batch)));
  }
  await rim.flood.declare();
  return { rim, answers, good, bytes: JSON.stringify(asideOf(rim)).length };
}

const holds = ({ rim, bytes }: Awaited<ReturnType<typeof flood>>): boolean =>
  bytes < BYTES_MAX && asideOf(rim).length < STORED_MAX + 5;

describe('a device that sends nonsense without end', () => {
  it(`has ${STORED_MAX} of ${BAD} messages stored; the rest is counted, declared and answered`, async () => {
    const seen = await flood({ setAside: few });
    const { rim, answers, good } = seen;
    expect(holds(seen)).toBe(true);
    expect(good).toBe(BAD / 100);
    const aside = asideOf(rim);
    const stored = aside.filter(({ more }) => more === undefined);
    const counted = aside.reduce((sum, { more }) => sum + (more?.count ?? 0), 0);
    expect(stored).toHaveLength(STORED_MAX);
    expect(stored.length + counted).toBe(BAD);
    expect(answers.every(({ outcome }) => outcome === 'refused')).toBe(true);
    const ids = new Set(aside.map(({ quarantineId }) => quarantineId));
    for (const answer of answers) {
      if (answer.outcome === 'refused') expect(ids.has(answer.quarantineId)).toBe(true);
    }
    expect(rim.counts.get('counted SchemaMismatch')).toBe(BAD - STORED_MAX);
  });

  it('negative control: without a budget each one is stored', async () => {
    const seen = await flood({ setAside: { senderRecordsAMinute: BAD, senderRecordsADay: BAD } });
    expect(holds(seen)).toBe(false);
    expect(asideOf(seen.rim)).toHaveLength(BAD);
  });

  it('stands as an alarm until it has been quiet for a minute, and is nothing that staff could mend', async () => {
    const rim = await openRim({ setAside: { senderRecordsAMinute: 1 } });
    for (let n = 0; n < 5; n++) await send(rim, 'shelf-1', BODY);
    expect(rim.alarms.list()).toMatchObject([
      { code: 'BadInputFlood', text: expect.stringContaining('shelf-1') },
    ]);
    await rim.flood.declare();
    expect(rim.alarms.list()).toHaveLength(1);
    await rim.flood.declare();
    expect(rim.alarms.list()).toHaveLength(0);
    await rim.engine.idle();
    expect(rim.engine.views.quarantined()).toHaveLength(1);
  });

  it('leaves the budget of the others alone, and invented names share one row', async () => {
    const rim = await openRim({ setAside: { senderRecordsAMinute: 1 } });
    for (let n = 0; n < 60; n++) for (let twice = 0; twice < 2; twice++) await send(rim, `shelf-${n}`, BODY);
    await rim.flood.declare();
    const aside = asideOf(rim);
    expect(aside.filter(({ more }) => more === undefined)).toHaveLength(60);
    const declared = new Set(aside.filter(({ more }) => more !== undefined).map(({ device }) => device));
    expect(declared.size).toBe(21);
    expect(declared.has('other-senders')).toBe(true);
  });

  it('is bounded in bytes too, and by what all senders store together', async () => {
    const rim = await openRim({ setAside: { senderBytesADay: 20_000, recordsADay: 12 } });
    for (let n = 0; n < 20; n++) await send(rim, 'shelf-1', BODY);
    expect(asideOf(rim).filter(({ more }) => more === undefined)).toHaveLength(9);
    for (let n = 0; n < 20; n++) await send(rim, 'shelf-2', '{}');
    expect(asideOf(rim).filter(({ more }) => more === undefined)).toHaveLength(12);
  });

  it('notes without a body what is so large that its sender is cut, within the budget of the sender', async () => {
    const rim = await openRim({ setAside: { senderRecordsADay: 2 } });
    const oversized = async (announced: number): Promise<void> => {
      const raw = await openRaw(rim.port);
      raw.send(connectPacket({ clientId: 'shelf-1', username: 'shelf-1', password: rim.tokenOf('shelf-1') }));
      await raw.next(CONNACK);
      raw.send(packet(0x32, Buffer.alloc(1_000, 'x'), announced));
      await until(() => raw.closed(), { withinMs: 5_000, what: 'the sender to be cut' });
    };
    for (const announced of [3_000_000, 4_000_000, 5_000_000]) await oversized(announced);
    await until(() => asideOf(rim).length === 3, { withinMs: 5_000, what: 'three records' });
    const noted = { reason: 'TooLarge', channel: 'mqtt', device: 'shelf-1', body: '' };
    expect(asideOf(rim)).toMatchObject([
      { ...noted, bytes: 3_000_000, cut: true, detail: expect.stringMatching(/3000000 .*2097152 .*split/) },
      { ...noted, bytes: 4_000_000, cut: true },
      { ...noted, more: { count: 1, reasons: { TooLarge: 1 } } },
    ]);
    expect(rim.counts.get('cut PacketTooLarge')).toBe(3);
    // Some do not wait for CONNACK.
    const hasty = await openRaw(rim.port);
    const connect = { clientId: 'shelf-2', username: 'shelf-2', password: rim.tokenOf('shelf-2') };
    hasty.send(Buffer.concat([connectPacket(connect), packet(0x32, Buffer.alloc(1_000, 'x'), 6_000_000)]));
    await until(() => asideOf(rim).length === 4, { withinMs: 5_000, what: 'the record of the hasty one' });
    expect(asideOf(rim)[3]).toMatchObject({ ...noted, device: 'shelf-2', bytes: 6_000_000 });
    // Whoever has not said who they are has no record, and no budget.
    const stranger = await openRaw(rim.port);
    stranger.send(packet(0x32, Buffer.alloc(1_000), 3_000_000));
    await until(() => stranger.closed(), { withinMs: 5_000, what: 'the stranger to be cut' });
    await rim.broker.close();
    expect(asideOf(rim)).toHaveLength(4);
  });

  it('keeps the beginning of what is larger than the store takes', async () => {
    const rim = await openRim();
    await send(rim, 'shelf-1', `{"pad":"${'x'.repeat(400_000)}"}`);
    expect(asideOf(rim)).toMatchObject([{ reason: 'TooLarge', cut: true, bytes: 400_010 }]);
    expect(asideOf(rim)[0]?.body).toHaveLength(16 * 1024);
  });

  it('counts nothing that it could not declare: the sender hears no yes and sends again', async () => {
    let full = true;
    const between = (journal: Journal): Journal => ({
      ...journal,
      append: (events) =>
        full && events.some((event) => isType(event, 'quarantine.event') && event.data.more !== undefined)
          ? Promise.reject(new RefusalError({ reason: 'QuotaReached', detail: 'full' }))
          : journal.append(events),
    });
    const rim = await openRim({ between, setAside: { senderRecordsAMinute: 1 } });
    await send(rim, 'shelf-1', BODY);
    await expect(send(rim, 'shelf-1', BODY)).rejects.toMatchObject({ refusal: { reason: 'QuotaReached' } });
    full = false;
    expect(await send(rim, 'shelf-1', BODY)).toMatchObject({ outcome: 'refused' });
    await rim.flood.declare();
    expect(asideOf(rim).map(({ more }) => more?.count)).toEqual([undefined, 1]);
  });
});

describe('over MQTT', () => {
  it('acknowledges every message of a flood, and says where it is counted', async () => {
    const rim = await openRim({ setAside: few });
    const client = await rim.connect('shelf-1');
    const told: string[] = [];
    client.on('message', (_topic, payload) =>
      told.push((JSON.parse(payload.toString()) as { quarantineId: string }).quarantineId),
    );
    await client.subscribeAsync('endcap/v1/refused/shelf-1');
    const published = Array.from({ length: 2_000 }, () =>
      client.publishAsync('endcap/v1/shelf/shelf-1', '{"count":1}', { qos: 1 }),
    );
    await Promise.all(published);
    await expect.poll(() => told.length).toBe(2_000);
    await rim.flood.declare();
    const aside = asideOf(rim);
    expect(aside.length).toBeLessThan(STORED_MAX + 5);
    const summary = aside.find(({ more }) => more !== undefined);
    expect(told.filter((id) => id === summary?.quarantineId)).toHaveLength(2_000 - STORED_MAX);
  });
});
