import { isType, type Refusal, type StoreEvent } from '../contracts/index.js';
import { explainDecision, simulateDecision } from '../core/index.js';
import { exportPerson, type PersonExportDeps } from '../ingest/person-export.js';
import type { RouteDeps } from '../serve/routes/index.js';
import type { Brain } from './brain.js';
import type { Foundation } from './foundation.js';
import { askWhatIf } from './what-if.js';

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
      return found === undefined
        ? inexplicable(base, id)
        : { ...explainDecision(found.event), offset: found.offset };
    },
    async simulate(call, watch) {
      if (call.id !== undefined) {
        const found = decisionOf(base, brain, call.id);
        return found === undefined
          ? unknown(call.id)
          : simulateDecision(found.event.data, call.campaigns ?? []);
      }
      if (asking) return { reason: 'Busy', detail: 'another what-if is running' };
      asking = true;
      try {
        const options = {
          campaigns: call.campaigns ?? [],
          fromMs: call.from === undefined ? 0 : Date.parse(call.from),
          untilMs: call.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(call.until),
        };
        return await askWhatIf({ ...base, secrets: brain.secrets }, options, watch);
      } finally {
        asking = false;
      }
    },
  };
}

/** By the id of the decision, of its story, or of an event that came of it; `undefined` when none is held. */
function decisionOf({ journal }: Foundation, brain: Brain, id: string) {
  const { views } = brain.engine;
  const named = journal.readId(views.story(id)?.id ?? id);
  const decision =
    named === undefined || isType(named.event, 'promo.decision') ? named : causeOf(named.event);
  if (decision === undefined || !isType(decision.event, 'promo.decision')) return undefined;
  return { event: decision.event, offset: decision.offset };

  /** Most name the decision themselves; a sale is a step of the story that it ended. */
  function causeOf(event: StoreEvent) {
    const { decisionId } = event.data as { readonly decisionId?: string };
    const story = decisionId ?? views.storyOfEvent(event.id)?.id;
    return story === undefined ? undefined : journal.readId(story);
  }
}

/** What is held and led to no decision is told apart from what is not held. */
function inexplicable({ journal }: Foundation, id: string): Refusal {
  const held = journal.readId(id);
  if (held === undefined) return unknown(id);
  return {
    reason: 'NotFound',
    detail:
      `${id} is a ${held.event.type} that no held decision led to; what can be explained is a decision, its story, ` +
      'and an event that came of it: coupon.issued, coupon.redeemed, media.play, push.sent, push.clicked, a sale with its coupon',
    field: '/id',
  };
}

const unknownShopper: Refusal = { reason: 'UnknownShopper', detail: 'not known here', field: '/sid' };

const unknown = (id: string): Refusal => ({
  reason: 'NotFound',
  detail: `no decision ${id} is held`,
  field: '/id',
});
