import { isType, type Refusal } from '../contracts/index.js';
import { explainDecision, simulateDecision } from '../core/index.js';
import { whatIf } from '../engine/what-if.js';
import { exportPerson, type PersonExportDeps } from '../ingest/person-export.js';
import type { RouteDeps } from '../serve/routes/index.js';
import type { Brain } from './brain.js';
import type { Foundation } from './foundation.js';

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Why it was decided so, and what another rule would have done. One what-if at a time: each reads the whole journal. */
export function questionsOf(
  base: Foundation,
  brain: Brain,
  person: Pick<PersonExportDeps, 'view' | 'phonesOf'>,
): Pick<RouteDeps, 'explain' | 'simulate' | 'exportPerson'> {
  let asking = false;
  let exporting = false;
  return {
    async exportPerson(sid) {
      if (exporting) return { reason: 'Busy', detail: 'another export is being made' };
      exporting = true;
      try {
        return (await exportPerson({ ...base, ...person, pause }, sid)) ?? unknownShopper;
      } finally {
        exporting = false;
      }
    },
    async explain(id) {
      const found = decisionOf(base, brain, id);
      return found === undefined ? unknown(id) : { ...explainDecision(found.event), offset: found.offset };
    },
    async simulate(call) {
      if (call.id !== undefined) {
        const found = decisionOf(base, brain, call.id);
        return found === undefined
          ? unknown(call.id)
          : simulateDecision(found.event.data, call.campaigns ?? []);
      }
      if (asking) return { reason: 'Busy', detail: 'another what-if is running' };
      asking = true;
      try {
        return await whatIf(
          { journal: base.journal, createCore: brain.createCore, pause },
          {
            campaigns: call.campaigns ?? [],
            fromMs: call.from === undefined ? 0 : Date.parse(call.from),
            untilMs: call.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(call.until),
          },
        );
      } finally {
        asking = false;
      }
    },
  };
}

/** By the id of the decision, its event or its story; `undefined` when it is not held. */
function decisionOf(base: Foundation, brain: Brain, id: string) {
  const found = base.journal.readId(brain.engine.views.story(id)?.id ?? id);
  if (found === undefined || !isType(found.event, 'promo.decision')) return undefined;
  return { event: found.event, offset: found.offset };
}

const unknownShopper: Refusal = { reason: 'UnknownShopper', detail: 'not known here', field: '/sid' };

const unknown = (id: string): Refusal => ({
  reason: 'NotFound',
  detail: `no decision ${id} is held`,
  field: '/id',
});
