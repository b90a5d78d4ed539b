import type { Plan } from './plan.js';
import { inTransaction, type Segment } from './segment.js';
import type { WriterState } from './state.js';

const NAME = 'half';

/** What `keep` must not hold without the half of the same batch in `bulk`: lanes would have holes. */
interface Half {
  /** Last offset of the half in `bulk`. */
  readonly bulk: number;
  /** The offsets between which the half in `keep` stands. */
  readonly from: number;
  readonly to: number;
  /** Of the engine, before this batch. */
  readonly cursor: number;
}

/** Joins the transaction of `keep` while `bulk` is not confirmed. Needed only where a lane goes on in both families. */
export function noteHalf(state: WriterState, plan: Plan): void {
  const [bulk, from, to] = [plan.bulk.at(-1), plan.keep[0], plan.keep.at(-1)];
  if (!plan.crossed || bulk === undefined || from === undefined || to === undefined) return;
  const half: Half = { bulk: bulk.offset, from: from.offset, to: to.offset, cursor: state.cursor };
  state.keep.setMeta(NAME, half);
}

/**
 * After a power cut `keep` may have its half of the last batch and `bulk` not. Nobody was told of that batch: its rows
 * go, and the engine's step with them, so that it is made again. `bulkOffset` is as far as `bulk` ever got.
 */
export function undoHalf(keep: Segment, bulkOffset: number): void {
  const half = keep.meta<Half>(NAME);
  if (half === undefined || half.bulk <= bulkOffset) return;
  inTransaction(keep, () => {
    keep.db.prepare('DELETE FROM event WHERE offset BETWEEN ? AND ?').run(half.from, half.to);
    keep.setMeta('cursor', half.cursor);
    keep.db.prepare('DELETE FROM meta WHERE name = ?').run(NAME);
  });
}
