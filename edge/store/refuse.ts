import type { Refusal } from '../contracts/index.js';
import type { Plan } from './plan.js';
import { type Batch, isAppend, type Response, rowsOf } from './protocol.js';
import { snapshotOf, type WriterState } from './state.js';

export function refuseAll(state: WriterState, batch: Batch, refusal: Refusal): Response {
  return {
    snapshot: snapshotOf(state),
    offsets: new Float64Array(batch.ids.length),
    sequences: new Float64Array(batch.ids.length),
    refusals: batch.commands.map(() => refusal),
    own: state.own.splice(0),
  };
}

/** `bulk` is durable, `keep` is not: calls that needed `keep` are refused, and their rows have no place. */
export function refuseKeep(
  plan: Plan,
  batch: Batch,
  say: { refusals: (Refusal | undefined)[]; refusal: Refusal },
): void {
  const inKeep = new Set(plan.keepIndex);
  let at = 0;
  batch.commands.forEach((command, index) => {
    const rows = rowsOf(command);
    let touched = !isAppend(command);
    for (let row = 0; row < rows; row += 1, at += 1) {
      if (!inKeep.has(at)) continue;
      touched = true;
      plan.offsets[at] = 0;
      plan.sequences[at] = 0;
    }
    if (touched) say.refusals[index] ??= say.refusal;
  });
}
