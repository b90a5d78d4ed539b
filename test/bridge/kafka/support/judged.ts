import { createGate, type GateRow } from '../../../../cloud-bridge/gate/gate.js';
import { CLEAN_TYPES } from '../../../../cloud-bridge/topics.js';

type Headers = Readonly<Record<string, string>>;

/** What the gate says to a stream, per lane and in order: the three things that leave it. */
export interface GateOutput {
  readonly clean: Record<string, string[]>;
  readonly refused: Record<string, string[]>;
  readonly holes: Record<string, string[]>;
}

export const laneOf = (headers: Headers) => `${headers['ec-store']}/${headers['ec-class']}`;
/** Names a record in a way that tells two journals and two epochs apart. */
export const nameOf = (headers: Headers) => `${headers['ec-jid']} ${headers['ec-ord']} ${headers['ce_id']}`;

export function toGateRow(headers: Headers): GateRow {
  const gapTo = headers['ec-gap-to'];
  return {
    store: headers['ec-store'] ?? '',
    class: headers['ec-class'] ?? '',
    jid: headers['ec-jid'] ?? '',
    epoch: BigInt(headers['ec-epoch'] ?? 0),
    sequence: BigInt(headers['ec-seq'] ?? 0),
    ord: BigInt(headers['ec-ord'] ?? 0),
    ...(gapTo === undefined ? {} : { gapTo: BigInt(gapTo) }),
  };
}

export const push = (lists: Record<string, string[]>, name: string, item: string) => {
  const list = lists[name] ?? [];
  list.push(item);
  lists[name] = list;
};

/** The library gate over records in the order of their partition. */
export function judgedByLibrary(records: readonly { readonly headers: Headers }[]): GateOutput {
  const gate = createGate();
  const output: GateOutput = { clean: {}, refused: {}, holes: {} };
  for (const { headers } of records) {
    const verdict = gate.judge(toGateRow(headers));
    if (verdict.outcome === 'quarantine')
      push(output.refused, laneOf(headers), `${verdict.reason} ${nameOf(headers)}`);
    if (verdict.outcome !== 'pass') continue;
    if (verdict.hole !== undefined)
      push(output.holes, laneOf(headers), `${verdict.hole.from}-${verdict.hole.to}`);
    const cleanType = CLEAN_TYPES.some((type) => type === headers['ce_type']);
    if (cleanType && headers['ec-kind'] === 'event') push(output.clean, laneOf(headers), nameOf(headers));
  }
  return output;
}
