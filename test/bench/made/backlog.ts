import { isMirrored, type StoreEvent } from '../../../edge/contracts/index.js';
import { createJournal } from '../../../edge/store/journal.js';
import type { EventSeal } from '../../../edge/store/types.js';
import { newCore } from '../../core/support/core.js';
import { type DayOptions, playDay } from '../../replay/day-builder.js';

/** What one event from outside leaves behind for HQ. */
interface Mirrored {
  readonly inputs: readonly StoreEvent[];
  readonly outputs: readonly StoreEvent[];
}

export interface BacklogOrder {
  /** Folder of the journal, which nobody has open. */
  readonly directory: string;
  readonly seal: EventSeal;
  readonly sids: readonly string[];
  readonly rows: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A busy hour and a half of everything: people, tills, shelves, screens, coupons. Repeated until there is enough of it. */
const HOUR_AND_A_HALF: Omit<DayOptions, 'openMs'> = {
  ...{ seed: 72, hours: 1.5, shoppers: 300, strangers: 300, trips: 1 },
  ...{ stayS: [40, 240], heardEveryS: 5, tickEveryS: 10, trouble: true },
};
/** As many as the journal puts into one commit. */
const COMMIT_ROWS = 500;
const IN_FLIGHT_MAX = 6;
/** Staff at work and devices that lose the line, each once in so many rows. */
const AUDIT_EVERY = 2_000;
const DEVICE_EVERY = 500;

/** Days of mirrored events that HQ has never seen, through the journal's own writer. Answers how many there are. */
export async function fillBacklog(order: BacklogOrder): Promise<number> {
  const { directory, rows, fromMs, untilMs } = order;
  const steps = mirroredSteps(order);
  let nowMs = fromMs;
  // No power is cut while it is made.
  const journal = await createJournal({ directory, nowMs: () => Math.floor(nowMs), synchronous: 'NORMAL' });
  const perRowMs = (untilMs - fromMs) / rows;
  const writing: Promise<unknown>[] = [];
  let written = 0;
  let last = journal.stats().lastOffset;
  for (let at = 0; written < rows; ) {
    const inputs: StoreEvent[] = [];
    const outputs: StoreEvent[] = [];
    const causes: number[] = [];
    while (inputs.length + outputs.length < COMMIT_ROWS) {
      const recordedtime = new Date(nowMs).toISOString();
      const step = steps[at % steps.length] as Mirrored;
      for (const event of [...step.inputs, ...besides(at)])
        inputs.push({ ...event, id: `b-${at}-${inputs.length}`, recordedtime });
      const cause = last + inputs.length;
      step.outputs.forEach((event, n) => {
        outputs.push({ ...event, id: `${cause}.${n + 1}`, recordedtime });
        causes.push(cause);
      });
      nowMs += perRowMs * (step.inputs.length + step.outputs.length);
      at += 1;
    }
    writing.push(journal.append(inputs));
    if (outputs.length > 0) writing.push(journal.step({ cursor: last + inputs.length, outputs, causes }));
    last += inputs.length + outputs.length;
    written += inputs.length + outputs.length;
    if (writing.length > IN_FLIGHT_MAX * 2) await Promise.all(writing.splice(0, IN_FLIGHT_MAX));
  }
  await Promise.all(writing);
  await journal.close();
  return written;
}

/** As they lie on a disk: sealed, and only what travels to HQ. */
function mirroredSteps({ seal, sids, fromMs }: BacklogOrder): readonly Mirrored[] {
  const steps: Mirrored[] = [];
  const day = { ...HOUR_AND_A_HALF, openMs: fromMs, sidOf: (index: number) => sids[index] as string };
  const onDisk = (events: readonly StoreEvent[]): StoreEvent[] =>
    events.filter(({ type }) => isMirrored(type)).map((event) => seal.seal(event));
  const seconds = playDay(newCore(), day, ({ event }, made) => {
    const step = { inputs: onDisk([event]), outputs: onDisk(made) };
    if (step.inputs.length + step.outputs.length > 0) steps.push(step);
  });
  while (!seconds.next().done);
  return steps;
}

function besides(at: number): readonly StoreEvent[] {
  const common = { specversion: '1.0', id: '', source: '/store/day-store/rim', recordedtime: '' } as const;
  const device = `shelf-${(at / DEVICE_EVERY) % 60}`;
  const event = (type: 'audit.entry' | 'device.online' | 'device.offline', key: string, data: object) =>
    ({ ...common, type, partitionkey: key, dataschema: `${type}/1`, data }) as StoreEvent;
  if (at % AUDIT_EVERY === 0)
    return [event('audit.entry', 'ann', { by: 'ann', role: 'associate', action: 'stop', outcome: 'done' })];
  if (at % DEVICE_EVERY !== 0) return [];
  const data = { device, kind: 'shelf', reason: 'connection lost' };
  return [event('device.offline', device, data), event('device.online', device, { device, kind: 'shelf' })];
}
