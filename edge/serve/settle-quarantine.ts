/** Settles one record of the quarantine: the settlement and what the record became are one commit. */
import {
  type AuditAction,
  isType,
  type JournalledEvent,
  type QuarantineEvent,
  type Refusal,
} from '../contracts/index.js';
import type { Actor, Draft, Engine, Gate } from '../ports.js';
import type { Journal } from '../store/types.js';
import { auditDraft } from './audit/audit.js';
import { type Answer, isRefusal, ok } from './routes/route.js';

const EFFECT_TIMEOUT_MS = 2_000;

export interface QuarantineDeps {
  readonly journal: Pick<Journal, 'readOffset' | 'readId'>;
  readonly gate: Pick<Gate, 'admit'>;
  readonly engine: Pick<Engine, 'outcomeOf' | 'views'>;
  /**
   * The mended body through the adapter that refused it, into the journal; ids of what it became. The settlement is
   * committed with it, and doing it again after a crash makes nothing twice.
   */
  readonly redecode: (
    record: QuarantineEvent,
    body: Buffer,
    mending: { readonly name: string; readonly settlement: readonly Draft[] },
  ) => Promise<{ readonly events: readonly string[] } | Refusal>;
  /** What the same way would refuse about this body; it takes nothing. */
  readonly recheck: (record: QuarantineEvent, body: Buffer) => Refusal | undefined;
}

export type Held = JournalledEvent<'quarantine.event'>;

/** The open record of this id, or why there is none. */
export function heldRecord(deps: Pick<QuarantineDeps, 'journal' | 'engine'>, id: string): Held | Refusal {
  const place = deps.engine.views.quarantined().find((held) => held.quarantineId === id);
  const journalled = place === undefined ? undefined : deps.journal.readOffset(place.offset);
  if (journalled !== undefined && isType(journalled.event, 'quarantine.event')) return journalled as Held;
  return { reason: 'NotFound', detail: `no open record ${id}: it was settled, or never was`, field: '/id' };
}

export interface Settling {
  readonly as: 'mended' | 'left';
  readonly actor: Actor;
  /** Commits the settlement, and what comes with it. */
  readonly admit: (
    held: Held,
    settlement: readonly Draft[],
  ) => Promise<{ readonly events: readonly string[] } | Refusal>;
}

export type Settle = (id: string, how: Settling) => Promise<Answer>;

/** Two people may settle the same record at once: the first wins, the second hears AlreadySettled. */
export function createSettler(deps: Omit<QuarantineDeps, 'recheck'>): Settle {
  const settling = new Set<string>();
  const settle = async (id: string, how: Settling): Promise<Answer> => {
    const held = heldRecord(deps, id);
    if (isRefusal(held)) return held;
    const admitted = await how.admit(held as Held, settlement(held as Held, how));
    if (isRefusal(admitted)) return admitted;
    const settled = deps.journal.readId(settlementId(id));
    if (settled !== undefined) await deps.engine.outcomeOf(settled.offset, EFFECT_TIMEOUT_MS);
    return ok({ quarantineId: id, as: how.as, events: admitted.events });
  };
  return async (id: string, how: Settling): Promise<Answer> => {
    if (settling.has(id)) {
      return { reason: 'AlreadySettled', detail: 'somebody else is settling it now', field: '/id' };
    }
    settling.add(id);
    try {
      return await settle(id, how);
    } finally {
      settling.delete(id);
    }
  };
}

function settlement({ event }: Held, how: Settling): Draft[] {
  const { quarantineId } = event.data;
  const { by } = how.actor;
  const settles = { quarantineId, as: how.as, by: by.subject };
  const settled = settlementId(quarantineId);
  const data = { ...event.data, quarantineId: settled, body: '', bytes: 0, cut: false, settles };
  const action: AuditAction = `quarantine.${how.as}`;
  const entry = { ...how.actor, action, target: quarantineId, outcome: 'done' } as const;
  return [{ type: 'quarantine.event', device: 'serve', id: settled, data }, auditDraft(entry)];
}

const settlementId = (quarantineId: string): string => `${quarantineId.slice(0, 100)}/settled`;
