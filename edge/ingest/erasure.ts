import {
  PURPOSES,
  type Refusal,
  RefusalError,
  type ShopperErased,
  type StoreEvent,
} from '../contracts/index.js';
import type { Alarms, Clock, Engine, Gate } from '../ports.js';
import type { Journal } from '../store/types.js';
import type { OpenVault } from './vault.js';
import type { Erasure } from './vault-file.js';
import type { Visitors } from './visitors.js';

/** How long the core may take to forget; what is not done by then is done by the next round. */
const SETTLE_MS = 10_000;
/** More than a store erases within the days that the journal holds. */
const ERASURES_HELD_MAX = 10_000;
/** A start waits no longer than this for erasures that are still open; they go on behind it. */
const START_MS = 1_000;
/** An erasure that a full disk holds up is taken up again this often: done within a minute of there being room. */
const ROUND_MS = 15_000;

export interface ErasureDeps {
  readonly vault: Pick<
    OpenVault,
    'knows' | 'sids' | 'erase' | 'erasureOf' | 'erasures' | 'settleErasure' | 'sidOfLoyalty'
  >;
  readonly gate: Pick<Gate, 'admit'>;
  readonly journal: Pick<Journal, 'read' | 'readId'>;
  readonly engine: Pick<Engine, 'outcomeOf' | 'views'> & { renewCheckpoint(): Promise<void> };
  readonly visitors: Pick<Visitors, 'withdrawn'>;
  readonly alarms: Alarms;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly newId: () => string;
}

export interface Erasures {
  /** Resolves once nothing of the person is readable; the same again for who is erased already. Rejects with UnknownShopper. */
  erase(sid: string, asked: Erasure['asked']): Promise<ShopperErased>;
  sidOfLoyalty(loyaltyId: string): string | undefined;
  /** What else knows people forgets them here; called again after a crash, so it must bear an unknown sid. */
  onErased(forget: (sid: string) => void): void;
  /**
   * Go on with what a crash or a full disk interrupted, now and every few seconds. Sessions of those people end at
   * once; for the rest it waits a moment, and never rejects.
   */
  start(): Promise<void>;
  close(): void;
}

/**
 * Forgetting a person. First the key goes, in one durable transaction that also notes what is still due: from then on
 * nothing sealed can be read. The rest can be taken up again after any crash: `erasure.done`, by which the core and
 * HQ forget; the state sealed anew with nothing older left; the sessions ended.
 */
export function createErasures(deps: ErasureDeps): Erasures {
  const forgetters = new Set<(sid: string) => void>();
  const running = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const finish = (erasure: Erasure): Promise<void> => {
    const before = running.get(erasure.sid);
    if (before !== undefined) return before;
    const work = finishOne(erasure, deps, forgetters).finally(() => running.delete(erasure.sid));
    running.set(erasure.sid, work);
    return work;
  };
  const round = async (): Promise<void> => {
    for (const erasure of deps.vault.erasures()) {
      if (erasure.open || isBack(erasure, deps)) await finish(erasure).catch(waiting);
    }
  };
  const waiting = (error: Error): void =>
    deps.alarms.raise('ErasureWaits', `An erasure is not complete yet: ${error.message}`);

  return {
    async erase(sid, asked) {
      const known = deps.vault.erasureOf(sid);
      if (known === undefined && !deps.vault.knows(sid)) throw new RefusalError(unknown);
      const erasure = known ?? { receiptId: deps.newId(), sid, asked, atMs: deps.clock.nowMs(), open: true };
      if (known === undefined) {
        for (const purpose of PURPOSES) deps.visitors.withdrawn(sid, purpose);
        deps.vault.erase(erasure);
      }
      if (erasure.open) await finish(erasure);
      return { receiptId: erasure.receiptId, at: new Date(erasure.atMs).toISOString() };
    },
    sidOfLoyalty: deps.vault.sidOfLoyalty,
    onErased: (forget) => void forgetters.add(forget),
    async start() {
      eraseAgain(deps);
      for (const { sid, open } of deps.vault.erasures()) {
        if (open) for (const forget of forgetters) forget(sid);
      }
      timer = setInterval(() => void round(), ROUND_MS).unref();
      await atMost(START_MS, round());
    },
    close: () => clearInterval(timer),
  };
}

/** An older copy of the vault has been put back: the keys of who was erased since must go once more. */
function eraseAgain({ vault, engine, journal, newId, clock }: ErasureDeps): void {
  const back = [...vault.sids()].filter(engine.views.wasErased);
  if (back.length === 0) return;
  const done = doneIn(journal);
  for (const sid of back) {
    const event = done.find(({ data }) => data.sid === sid);
    vault.erase({
      sid,
      receiptId: event?.id ?? newId(),
      asked: event?.data.asked ?? 'desk',
      atMs: event === undefined ? clock.nowMs() : Date.parse(event.recordedtime),
    });
  }
}

function doneIn(journal: ErasureDeps['journal']): readonly StoreEvent<'erasure.done'>[] {
  try {
    const found = journal.read({ after: 0, limit: ERASURES_HELD_MAX, types: ['erasure.done'] });
    return found.map(({ event }) => event as StoreEvent<'erasure.done'>);
  } catch (error) {
    // A damaged segment is being repaired: the key goes all the same, and the receipt gets another number.
    if (error instanceof RefusalError) return [];
    throw error;
  }
}

function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return Promise.race([work, enough]).finally(() => clearTimeout(timer));
}

const unknown: Refusal = { reason: 'UnknownShopper', detail: 'no shopper has this sid', field: '/sid' };

/** A backup that was made before the erasure has been put back beside the present vault. */
function isBack({ sid }: Erasure, deps: ErasureDeps): boolean {
  return deps.engine.views.knowsShopper(sid);
}

/** Every part may have been done before: the event has the number of the receipt as its id. */
async function finishOne(
  erasure: Erasure,
  deps: ErasureDeps,
  forgetters: Iterable<(sid: string) => void>,
): Promise<void> {
  const { receiptId, sid, asked } = erasure;
  const told = isBack(erasure, deps) ? undefined : deps.journal.readId(receiptId);
  const data = { receiptId, sid, asked };
  const draft = { type: 'erasure.done', device: 'desk', id: receiptId, data } as const;
  const offset = told?.offset ?? (await deps.gate.admit([draft]))[0]?.offset ?? 0;
  await deps.engine.outcomeOf(offset, SETTLE_MS);
  for (const forget of forgetters) forget(sid);
  await deps.engine.renewCheckpoint().catch((error: Error) => {
    throw new RefusalError({
      reason: 'DiskFailed',
      detail: `the state could not be sealed: ${error.message}`,
    });
  });
  deps.vault.settleErasure(sid);
  deps.alarms.clear('ErasureWaits');
}
