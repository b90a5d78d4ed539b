import {
  misfit,
  type PosTransaction,
  RefusalError,
  TOPICS,
  transactionHash,
  transactionKey,
} from '../contracts/index.js';
import type { Draft, Gate, Views } from '../ports.js';
import type { Masker } from './mask/masker.js';
import type { Visitors } from './visitors.js';

/** Transactions remembered here until the state of the core knows them; it does so within milliseconds. */
const RECENT_MAX = 10_000;

export interface Accepted {
  readonly status: 'created' | 'known';
  /** Natural key, which is also the id of the event. */
  readonly key: string;
}

export interface Tills {
  /**
   * Resolves after the fsync; rejects with UnknownStore, WrongCurrency, SchemaMismatch, TransactionConflict, or
   * what the journal refuses. `along` is committed in the same transaction, or alone where the transaction is known.
   */
  accept(draft: Draft<'pos.transaction'>, along?: readonly Draft[]): Promise<Accepted>;
  /** Throws what `accept` would refuse about the transaction itself; takes nothing. */
  check(draft: Draft<'pos.transaction'>): void;
}

export interface TillsDeps {
  readonly gate: Pick<Gate, 'admit'>;
  readonly views: Pick<Views, 'transactionHash'>;
  readonly visitors: Pick<Visitors, 'buyerOf' | 'mayProfile'>;
  readonly masker: Masker;
  readonly storeId: string;
  /** ISO 4217: sums of two currencies would be figures of none. */
  readonly currency: string;
}

interface Recent {
  readonly hash: string;
  /** Settles when the first arrival is durable, or is not. */
  readonly durable: Promise<unknown>;
}

/** What tills send happens once, however often and over however many ways it arrives. */
export function createTills(deps: TillsDeps): Tills {
  const recent = new Map<string, Recent>();

  const remember = (key: string, hash: string, durable: Promise<unknown>): void => {
    recent.set(key, { hash, durable });
    // A refused one was never there: the till sends it again and it is new.
    durable.catch(() => recent.delete(key));
    for (const [old] of recent) {
      if (recent.size <= RECENT_MAX || deps.views.transactionHash(old) === undefined) break;
      recent.delete(old);
    }
  };

  /** What it is as it would be kept, and whether it is known; throws where it is known with another content. */
  const examine = (draft: Draft<'pos.transaction'>) => {
    const data = kept(draft.data, deps);
    const key = transactionKey(data);
    const hash = transactionHash(data);
    const before = recent.get(key);
    const knownHash = before?.hash ?? deps.views.transactionHash(key);
    if (knownHash !== undefined && knownHash !== hash) throw conflict(key);
    return { data, key, hash, before, known: knownHash !== undefined };
  };

  return {
    check: (draft) => void examine(draft),
    async accept(draft, along = []) {
      const { data, key, hash, before, known } = examine(draft);
      if (known) {
        await before?.durable;
        if (along.length > 0) await deps.gate.admit(along);
        return { status: 'known', key };
      }
      const durable = deps.gate.admit([{ ...draft, data, id: key }, ...along]);
      remember(key, hash, durable);
      await durable;
      return { status: 'created', key };
    },
  };
}

/** Masked, checked, and with the loyalty id replaced by whom it belongs to, before anything is compared or kept. */
function kept(sent: PosTransaction, deps: TillsDeps): PosTransaction {
  const masked = deps.masker.data(sent);
  const problem = misfit(TOPICS['pos.transaction'].schema, masked);
  if (problem !== undefined) {
    // Whose loyalty id does not fit is not repeated: the refusal is kept.
    const told = problem.field === '/loyaltyId' ? problem.detail.replace(/, got .*$/s, '') : problem.detail;
    throw new RefusalError({ ...problem, detail: deps.masker.unknown(told) });
  }
  if (masked.store !== deps.storeId) {
    throw new RefusalError({
      reason: 'UnknownStore',
      detail: `/store: this is store ${deps.storeId}, the transaction is of ${masked.store}`,
      field: '/store',
    });
  }
  if (masked.currency !== deps.currency) {
    throw new RefusalError({
      reason: 'WrongCurrency',
      detail: `/currency: this store counts in ${deps.currency}, the transaction is in ${masked.currency}`,
      field: '/currency',
    });
  }
  const { sid: said, loyaltyId: _loyaltyId, ...rest } = masked;
  const buyer = sent.loyaltyId === undefined ? undefined : deps.visitors.buyerOf(sent.loyaltyId);
  const sid = buyer ?? (said !== undefined && deps.visitors.mayProfile(said) ? said : undefined);
  return sid === undefined ? rest : { ...rest, sid };
}

function conflict(key: string): RefusalError {
  const [till, businessDay, sequence] = key.split('|');
  return new RefusalError({
    reason: 'TransactionConflict',
    detail: `sequence ${sequence} of till ${till} on ${businessDay} is known with another content`,
    field: '/sequence',
  });
}
