import type { Candidate, PromoDecision, RuleCheck, StoreEvent } from '../../contracts/index.js';
import { REASONS, type Reason } from '../../contracts/index.js';
import { COMPARISON } from './choose.js';
import { RULES } from './eligibility.js';

/** One rule across all candidates; `null` where a candidate was out before the rule was asked. */
export interface RuleRow {
  readonly rule: string;
  readonly checks: readonly (Omit<RuleCheck, 'rule'> | null)[];
}

export interface Explanation {
  readonly decisionId: string;
  readonly at: string;
  readonly surface: PromoDecision['surface'];
  readonly outcome: PromoDecision['outcome'];
  readonly reason?: string;
  /** The reason in plain words. */
  readonly words?: string;
  /** The rules in the order in which they were asked. */
  readonly rules: readonly RuleRow[];
  /** Columns of `rules`, winner first. */
  readonly candidates: readonly (Omit<Candidate, 'checks'> & { readonly words?: string })[];
  readonly inputs: PromoDecision['inputs'];
}

const ORDER: readonly string[] = [...RULES.map(({ name }) => name), COMPARISON, 'likes'];

/** Why it was decided so, from the event alone. */
export function explainDecision(event: StoreEvent<'promo.decision'>): Explanation {
  const { decisionId, surface, outcome, reason, candidates, inputs } = event.data;
  const asked = new Set(candidates.flatMap(({ checks }) => checks.map(({ rule }) => rule)));
  const known = ORDER.filter((rule) => asked.has(rule));
  // A decision of another version may have asked rules that this one does not know.
  const others = [...asked].filter((rule) => !ORDER.includes(rule));
  return {
    decisionId,
    at: event.recordedtime,
    surface,
    outcome,
    ...(reason === undefined ? {} : { reason, words: wordsOf(reason) }),
    rules: [...known, ...others].map((rule) => ({
      rule,
      checks: candidates.map(({ checks }) => seenBy(checks, rule)),
    })),
    candidates: candidates.map(({ checks: _checks, ...candidate }) => ({
      ...candidate,
      ...(candidate.reason === undefined ? {} : { words: wordsOf(candidate.reason) }),
    })),
    inputs,
  };
}

function seenBy(checks: readonly RuleCheck[], rule: string): Omit<RuleCheck, 'rule'> | null {
  const found = checks.find((check) => check.rule === rule);
  if (found === undefined) return null;
  const { rule: _rule, ...seen } = found;
  return seen;
}

function wordsOf(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason as Reason] : reason;
}
