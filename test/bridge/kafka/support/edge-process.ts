/**
 * A store's edge in a process of its own: a real journal that takes transactions, and the uplink beside it.
 * Says `ack <id>` once the journal has answered, `link {…}` four times a second. Made to be killed.
 */
import { createKafkajsClient } from '../../../../cloud-bridge/kafkajs-client.js';
import { createUplink } from '../../../../cloud-bridge/uplink/uplink.js';
import { dataschemaOf, type StoreEvent } from '../../../../edge/contracts/index.js';
import { createClock } from '../../../../edge/ops/clock.js';
import { createSystemTime } from '../../../../edge/ops/system-time.js';
import { createJournal } from '../../../../edge/store/journal.js';

interface EdgeSettings {
  readonly directory: string;
  readonly brokers: readonly string[];
  readonly store: string;
  readonly partition: number;
  /** Names the events of this life of the process. */
  readonly life: number;
  /** 0: only drain what is there. */
  readonly eventsPerSecond: number;
}

const BURST_MS = 20;

const settings = JSON.parse(process.argv[2] ?? '{}') as EdgeSettings;
const say = (line: string) => process.stdout.write(`${line}\n`);

const clock = createClock(createSystemTime(), 0);
const journal = await createJournal({ directory: settings.directory, nowMs: clock.nowMs });
const uplink = createUplink({
  journal,
  client: createKafkajsClient({ brokers: settings.brokers, clientId: settings.store }),
  storeId: settings.store,
  epoch: 1,
  partition: settings.partition,
  lanes: ['P0', 'P1'],
  clock,
  log: { info: () => undefined, warn: (fields, text) => say(`warn ${text} ${JSON.stringify(fields)}`) },
});
uplink.start();
setInterval(() => say(`link ${JSON.stringify(uplink.now())}`), 250);

function transaction(id: string, sequence: number): StoreEvent<'pos.transaction'> {
  return {
    specversion: '1.0',
    id,
    source: `/store/${settings.store}/till-1`,
    type: 'pos.transaction',
    recordedtime: new Date(clock.nowMs()).toISOString(),
    partitionkey: 'till-1',
    dataschema: dataschemaOf('pos.transaction'),
    data: {
      ...{ store: settings.store, till: 'till-1', businessDay: '2026-11-23', sequence, type: 'sale' },
      ...{ currency: 'GBP', lines: [], tenders: [], totalMinor: sequence },
    },
  };
}

let count = 0;
async function takeOne(): Promise<void> {
  count += 1;
  const id = `${settings.life}-${count}`;
  await journal.append([transaction(id, settings.life * 1_000_000 + count)]);
  say(`ack ${id}`);
}

if (settings.eventsPerSecond > 0) {
  const perBurst = Math.max(1, Math.round((settings.eventsPerSecond * BURST_MS) / 1000));
  setInterval(() => {
    for (let index = 0; index < perBurst; index += 1) void takeOne();
  }, BURST_MS);
}
say('ready');
