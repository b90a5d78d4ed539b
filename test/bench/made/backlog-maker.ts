/**
 * Makes the data folder of a store that HQ has not heard of for three days, and dies on it as by `kill -9`: the last
 * sealed state is nearly as old as it can be, and the journal's log is as the last commit left it.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Journal } from '../../../edge/store/types.js';
import { writeDay } from '../../support/past-day.js';
import { openPastStore } from '../../support/past-store.js';
import { fillBacklog } from './backlog.js';
import { grownCore } from './grown-core.js';

export interface MakerOrder {
  readonly directory: string;
  /** Mirrored events of before the last hours. */
  readonly rows: number;
}
export interface MakerReport {
  readonly mirrored: number;
  readonly lastHours: number;
  readonly unsealed: number;
}

const HOUR_MS = 3_600_000;
const SHOPPERS = 1_400;
/** The class that waits for the shortest time is let go after 72 hours. */
const BACK_HOURS = 70;
const LAST_HOURS = 3;
/** The engine seals its state after 50,000 events: killed just before that, with two generations behind it. */
const ENDS = { unsealed: 49_500, checkpoints: 2 } as const;

async function make({ directory, rows }: MakerOrder): Promise<MakerReport> {
  const [fromMs, lastMs] = [Date.now() - BACK_HOURS * HOUR_MS, Date.now() - (LAST_HOURS + 0.1) * HOUR_MS];
  const first = await openPastStore(directory, fromMs);
  const sids = Array.from({ length: SHOPPERS }, () => first.base.vault.createShopper());
  const { seal, folder } = first.base;
  await first.close();
  const mirrored = await fillBacklog({
    ...{ directory: folder.journal, seal, sids, rows, fromMs, untilMs: lastMs },
  });
  const last = await openPastStore(directory, lastMs);
  const core = grownCore(sids, lastMs);
  const offset = last.base.journal.stats().lastOffset;
  await last.base.journal.renewCheckpoint({ offset, state: core.serialise() });
  const visitors = { shoppers: 450, strangers: 450, trips: 1, stayS: [40, 240] as const, heardEveryS: 2 };
  const day = { seed: 1, openMs: lastMs, hours: LAST_HOURS, ...visitors, tickEveryS: 10, trouble: true };
  const written = await writeDay(last, core, day, { sids, ends: ENDS });
  await noteHands(last.base.journal, offset);
  // As the killed store left them: each start is to find the same.
  cpSync(join(folder.journal, 'checkpoints'), join(directory, 'checkpoints'), { recursive: true });
  return { mirrored, lastHours: written.inputs + written.outputs, unsealed: written.unsealed };
}

/** How far the hands of a running store are: the phone's up to the oldest offer that is open, the other's up to just now. */
async function noteHands(journal: Pick<Journal, 'mark' | 'stats'>, openSince: number): Promise<void> {
  await journal.mark('deliver/phone', String(openSince));
  await journal.mark('deliver/local-mqtt', String(journal.stats().lastOffset - 500));
}

const order = process.env['ENDCAP_MADE'];
if (order !== undefined) {
  const report = await make(JSON.parse(order) as MakerOrder);
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.kill(process.pid, 'SIGKILL'));
}
