import type { Audit, AuditNote, Draft, Gate } from '../../ports.js';
import { createParked, type ParkedDeps } from './parked.js';

const TARGET_MAX = 300;
const WORDS_MAX = 500;

/** Notes who did what as `audit.entry`. The chain is added on its way into the journal (trail.ts). */
export function createAudit(deps: { readonly gate: Pick<Gate, 'admit'> } & Omit<ParkedDeps, 'note'>): Audit {
  const note = async (entry: AuditNote): Promise<void> => {
    await deps.gate.admit([auditDraft(entry)]);
  };
  return {
    note,
    noteSoon: createParked({ ...deps, note }).note,
    noteWith: async (entry, drafts) => {
      const places = await deps.gate.admit([...drafts, auditDraft(entry)]);
      return places.slice(0, drafts.length);
    },
  };
}

/** For those who commit the entry together with what it is about. */
export function auditDraft({ action, by, target, reason, outcome, detail }: AuditNote): Draft<'audit.entry'> {
  return {
    type: 'audit.entry',
    device: 'audit',
    data: {
      by: by.subject,
      role: by.role,
      action,
      target: (target ?? '').slice(0, TARGET_MAX),
      outcome,
      ...(reason === undefined ? {} : { reason: reason.slice(0, WORDS_MAX) }),
      ...(detail === undefined ? {} : { detail: [detail].flat().join('; ').slice(0, WORDS_MAX) }),
    },
  };
}
