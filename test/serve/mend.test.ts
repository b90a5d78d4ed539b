import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRecheck, createRedecode } from '../../edge/app/answers.js';
import { isType, RefusalError, type TopicName } from '../../edge/contracts/index.js';
import { createSettler } from '../../edge/serve/settle-quarantine.js';
import type { Journal } from '../../edge/store/types.js';
import { openRim, STORE, type TestRim, temporaryFolder } from '../ingest/support/rim.js';

const sale = (totalMinor: unknown) =>
  JSON.stringify({
    ...{
      store: STORE,
      till: 'till-1',
      businessDay: '2026-11-23',
      sequence: 7,
      type: 'sale',
      currency: 'EUR',
    },
    lines: [{ line: 1, sku: 'DRK-0417', quantity: 1, unitMinor: 279, totalMinor: 279, kind: 'sale' }],
    ...{ tenders: [], totalMinor },
  });

/** What arrives, how it should have been, and the event that it becomes. */
const CASES: readonly { topic: string; bad: string; good: string; type: TopicName }[] = [
  {
    topic: 'endcap/v1/shelf/shelf-1',
    bad: '{"sku":"DRK-0417","count":"many"}',
    good: '{"sku":"DRK-0417","count":31}',
    type: 'shelf.reading',
  },
  {
    topic: 'endcap/v1/pos/till-1/transaction',
    bad: sale('a lot'),
    good: sale(279),
    type: 'pos.transaction',
  },
];

const mend = (rim: TestRim, id: string, body: string) =>
  createSettler({ ...rim, redecode: createRedecode(rim.intake) })(id, {
    as: 'mended',
    actor: { by: { role: 'associate', subject: 'anna' } },
    admit: ({ event }, settlement) =>
      createRedecode(rim.intake)(event.data, Buffer.from(body), { name: `${id}/mended`, settlement }),
  });

const count = (rim: TestRim, type: TopicName): number =>
  rim.events().filter(({ event }) => event.type === type).length;
const settlements = (rim: TestRim): number =>
  rim.events().filter(({ event }) => isType(event, 'quarantine.event') && event.data.settles !== undefined)
    .length;

/** A journal that keeps a picture of its folder after each append, as kill -9 would leave it there. */
function withPictures(journal: Journal, folder: string, pictures: string[]): Journal {
  const wrapped: Partial<Journal> = {
    async append(events) {
      const picture = temporaryFolder();
      cpSync(join(folder, 'journal'), join(picture, 'journal'), { recursive: true });
      pictures.push(picture);
      return journal.append(events);
    },
  };
  return new Proxy(journal, { get: (target, name) => Reflect.get({ ...target, ...wrapped }, name) });
}

describe.each(CASES)('mending $type', ({ topic, bad, good, type }) => {
  const device = topic.split('/')[3]!;
  const spoil = async (rim: TestRim): Promise<string> => {
    const receipt = await rim.intake.receive({ topic, bytes: Buffer.from(bad), channel: 'mqtt', device });
    await rim.engine.idle();
    return receipt.outcome === 'refused' ? receipt.quarantineId : '';
  };

  it('makes it once and settles it once, wherever a kill hits', async () => {
    const folder = temporaryFolder();
    const pictures: string[] = [];
    const journal = { inProcess: true };
    const between = (real: Journal): Journal => withPictures(real, folder, pictures);
    const rim = await openRim({ folder, journal, between });
    const id = await spoil(rim);
    pictures.length = 0;
    expect(await mend(rim, id, good)).toMatchObject({ status: 200 });
    const after = temporaryFolder();
    cpSync(join(folder, 'journal'), join(after, 'journal'), { recursive: true });
    await rim.close();
    expect(pictures.length).toBeGreaterThan(0);
    for (const killed of [...pictures, after]) {
      const again = await openRim({ folder: killed, journal });
      await mend(again, id, good);
      await again.engine.idle();
      expect([count(again, type), settlements(again)]).toEqual([1, 1]);
      expect(again.engine.views.quarantined()).toEqual([]);
      await again.close();
    }
  });

  it('says beforehand whether it would fit, and takes nothing', async () => {
    const rim = await openRim();
    const id = await spoil(rim);
    const held = rim.events().find((found) => found.event.id === id)!.event;
    if (!isType(held, 'quarantine.event')) throw new Error('the record is not in the journal');
    const check = (body: string) => createRecheck(rim.intake)(held.data, Buffer.from(body));
    expect(check(good)).toBeUndefined();
    expect(check(bad)).toMatchObject({ reason: 'SchemaMismatch', field: expect.stringMatching(/^\/\w+/) });
    expect(check('{')).toMatchObject({ reason: 'MalformedJson' });
    expect([count(rim, type), settlements(rim)]).toEqual([0, 0]);
    expect(rim.engine.views.quarantined()).toHaveLength(1);
    await rim.close();
  });

  it('settles it where the power went between the two files of a commit', async () => {
    const folder = temporaryFolder();
    let cut = false;
    const between = (real: Journal): Journal =>
      new Proxy(real, {
        get: (target, name) =>
          name === 'append'
            ? async (events: Parameters<Journal['append']>[0]) => {
                if (!cut) return target.append(events);
                // Readings are committed first, into a file of their own.
                await target.append(events.filter((event) => event.type === 'shelf.reading'));
                throw new RefusalError({ reason: 'DiskFailed', detail: 'the power is gone' });
              }
            : Reflect.get(target, name),
      });
    const rim = await openRim({ folder, journal: { inProcess: true }, between });
    const id = await spoil(rim);
    cut = true;
    expect(await mend(rim, id, good)).toMatchObject({ detail: 'the power is gone' });
    cut = false;
    await rim.close();
    const again = await openRim({ folder, journal: { inProcess: true } });
    expect(await mend(again, id, good)).toMatchObject({ status: 200, body: { as: 'mended' } });
    expect([count(again, type), settlements(again)]).toEqual([1, 1]);
  });
});

describe('a record', () => {
  it('whose transaction arrived by itself meanwhile is settled and counts nothing twice', async () => {
    const { topic, bad, good, type } = CASES[1]!;
    const rim = await openRim();
    const incoming = { topic, channel: 'mqtt' as const, device: 'till-1' };
    const receipt = await rim.intake.receive({ ...incoming, bytes: Buffer.from(bad) });
    await rim.intake.receive({ ...incoming, bytes: Buffer.from(good) });
    await rim.engine.idle();
    const id = receipt.outcome === 'refused' ? receipt.quarantineId : '';
    expect(await mend(rim, id, good)).toMatchObject({ status: 200 });
    expect([count(rim, type), settlements(rim)]).toEqual([1, 1]);
    expect(await mend(rim, id, good)).toMatchObject({ reason: 'NotFound' });
  });
});
