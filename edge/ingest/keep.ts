import type { Draft, Gate } from '../ports.js';
import type { Journal } from '../store/types.js';
import type { DeviceStates } from './device-states.js';
import type { Tills } from './pos.js';
import type { Receipt } from './receipt.js';
import { createCounters } from './repeats.js';

/**
 * Drafts with ids, of one message, become durable; what is known already is not kept again. `settlement` settles the
 * record that staff mended and is committed with them, or alone where all of them are known. May throw, too.
 */
export type Keep = (drafts: readonly Draft[], settlement?: readonly Draft[]) => Promise<Receipt>;

export interface KeepDeps {
  readonly gate: Pick<Gate, 'admit'>;
  readonly tills: Tills;
  readonly journal: Pick<Journal, 'readId'>;
  readonly states: DeviceStates;
}

/** What a till sends goes the way of the tills; the rest is compared with what its sender counted or said last. */
export function createKeep(deps: KeepDeps): Keep {
  const { states } = deps;
  const counters = createCounters();

  /** The draft to keep, marked where it comes late; nothing when it is known. */
  const judged = (draft: Draft): Draft | undefined => {
    if (states.isKnown(draft)) return undefined;
    const count = countOf(draft);
    if (count === undefined) return draft;
    const verdict = counters.judge(draft.device, count.boot, count.counter);
    const repeated =
      verdict === 'ask' ? deps.journal.readId(draft.id ?? '') !== undefined : verdict === 'repeated';
    counters.note(draft.device, count.boot, count.counter);
    if (repeated) return undefined;
    return verdict === 'late' ? { ...draft, late: true } : draft;
  };

  const admit = (
    fresh: readonly Draft[],
    settlement: readonly Draft[],
    receipt: Receipt,
  ): Promise<Receipt> => {
    // Noted before they are durable, since the same may come again meanwhile; taken back if they were refused.
    for (const draft of fresh) states.note(draft);
    return deps.gate.admit(settlement.length === 0 ? fresh : [...fresh, ...settlement]).then(
      () => receipt,
      (error: unknown) => {
        for (const draft of fresh) {
          states.forget(draft);
          counters.forget(draft.device, countOf(draft)?.counter ?? -1);
        }
        throw error;
      },
    );
  };
  const acceptSale = async (
    sale: Draft<'pos.transaction'>,
    settlement: readonly Draft[],
  ): Promise<Receipt> => {
    const { status, key } = await deps.tills.accept(sale, settlement);
    return { outcome: status === 'created' ? 'kept' : 'known', ids: [key] };
  };

  return (drafts, settlement = []) => {
    const [first] = drafts;
    if (first?.type === 'pos.transaction') return acceptSale(first as Draft<'pos.transaction'>, settlement);
    const ids = drafts.map((draft) => draft.id ?? '');
    // Readings and the settlement lie in two files: a crash between them leaves the reading, which is known then.
    const unmended = (draft: Draft) =>
      settlement.length === 0 || deps.journal.readId(draft.id ?? '') === undefined;
    const fresh = drafts.map(judged).filter((draft) => draft !== undefined && unmended(draft)) as Draft[];
    const receipt: Receipt = { outcome: fresh.length === 0 ? 'known' : 'kept', ids };
    return fresh.length > 0 || settlement.length > 0
      ? admit(fresh, settlement, receipt)
      : Promise.resolve(receipt);
  };
}

/** Only a draft whose id came from the device's own count; in other formats these names mean something else. */
function countOf(draft: Draft): { boot: string; counter: number } | undefined {
  const { boot, counter } = draft.data as { boot?: unknown; counter?: unknown };
  if (typeof counter !== 'number' || (typeof boot !== 'string' && typeof boot !== 'number')) return undefined;
  return draft.id === `${draft.device}:${boot}:${counter}` ? { boot: String(boot), counter } : undefined;
}
