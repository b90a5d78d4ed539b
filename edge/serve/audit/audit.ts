import type { Audit, AuditNote, Draft, Gate } from '../../ports.js';

const TARGET_MAX = 300;
const WORDS_MAX = 500;

/** Notes who did what as `audit.entry`. The chain is added by the journal it goes into (chained-journal.ts). */
export function createAudit(deps: { readonly gate: Pick<Gate, 'admit'> }): Audit {
  return {
    note: async (entry) => {
      await deps.gate.admit([draftOf(entry)]);
    },
    noteWith: async (entry, drafts) => {
      const places = await deps.gate.admit([...drafts, draftOf(entry)]);
      return places.slice(0, drafts.length);
    },
  };
}

function draftOf({ action, by, target, reason, outcome, detail }: AuditNote): Draft<'audit.entry'> {
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
      ...(detail === undefined ? {} : { detail: detail.slice(0, WORDS_MAX) }),
    },
  };
}
