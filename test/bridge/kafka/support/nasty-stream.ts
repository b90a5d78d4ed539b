import type { RawRecord } from '../../../../cloud-bridge/kafka.js';
import { ordOf } from '../../../../cloud-bridge/ord.js';

/** Small, fast, seeded: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Lane {
  readonly store: string;
  epoch: number;
  next: number;
}

/**
 * What raw topics may hold at their worst: ranges sent again, holes, declared gaps, a new epoch, the old epoch
 * speaking on, and a second journal in the same epoch; several lanes mixed.
 */
export function nastyStream(seed: number, options: { lanes: number; records: number }): RawRecord[] {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const lanes: Lane[] = Array.from({ length: options.lanes }, (_, index) => ({
    store: `nasty-${index + 1}`,
    epoch: 1,
    next: 1,
  }));
  const records: RawRecord[] = [];
  const put = (lane: Lane, sequence: number, more: { epoch?: number; jid?: string; gapTo?: number } = {}) =>
    records.push(record({ store: lane.store, epoch: lane.epoch, sequence, ...more }));

  while (records.length < options.records) {
    const lane = lanes[below(lanes.length)] as Lane;
    const dice = random();
    if (dice < 0.12) {
      const back = 1 + below(Math.min(20, lane.next));
      for (let at = Math.max(1, lane.next - back); at < lane.next; at += 1) put(lane, at);
    } else if (dice < 0.14) {
      lane.next += 1 + below(5);
      put(lane, lane.next);
      lane.next += 1;
    } else if (dice < 0.17) {
      const to = lane.next + below(8);
      put(lane, lane.next, { gapTo: to });
      lane.next = to + 1;
    } else if (dice < 0.175) {
      lane.epoch += 1;
    } else if (dice < 0.2 && lane.epoch > 1) {
      put(lane, lane.next + below(3), { epoch: lane.epoch - 1 });
    } else if (dice < 0.23) {
      put(lane, lane.next + below(10), { jid: 'second-journal' });
    } else {
      put(lane, lane.next);
      lane.next += 1;
    }
  }
  return records;
}

function record(row: {
  store: string;
  epoch: number;
  sequence: number;
  jid?: string;
  gapTo?: number;
}): RawRecord {
  const { store, epoch, sequence } = row;
  const headers: Record<string, string> = {
    ce_type: row.gapTo === undefined ? 'pos.transaction' : 'gap.declared',
    ce_id: `${store}/${epoch}/${sequence}`,
    'ec-store': store,
    'ec-class': 'P0',
    'ec-jid': row.jid ?? `journal-of-epoch-${epoch}`,
    'ec-epoch': String(epoch),
    'ec-seq': String(sequence),
    'ec-ord': String(ordOf(epoch, sequence)),
    'ec-kind': row.gapTo === undefined ? 'event' : 'gap',
  };
  if (row.gapTo !== undefined) headers['ec-gap-to'] = String(ordOf(epoch, row.gapTo));
  return { key: store, value: Buffer.from(JSON.stringify({ sequence })), headers };
}
