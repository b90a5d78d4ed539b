import type { Candidate, Liking, PromoDecision, RuleCheck } from '../../../edge/contracts/index.js';

/** A decision laid out as a table: rules down, candidates across. Pure, from the decision event alone. */

export type Cell =
  | {
      readonly kind: 'yes' | 'no';
      readonly value: string | undefined;
      readonly needs: string | undefined;
      /** The same as codes, where it is more than a plain value. */
      readonly saw?: RuleCheck['saw'];
      readonly wants?: RuleCheck['wants'];
      readonly liking?: Liking;
      readonly mendable: boolean;
    }
  | { readonly kind: 'not-asked' };
export interface TraceRow {
  readonly rule: string;
  readonly cells: readonly Cell[];
}
export interface Trace {
  readonly candidates: readonly Candidate[];
  readonly rows: readonly TraceRow[];
  /** Column of the one that was offered, or would have been. */
  readonly winner: number;
}

/** Losing is nothing bad; these are what staff can do something about. */
const MENDABLE: readonly string[] = ['StockTooLow', 'SoldOut', 'Stopped', 'ClockUntrusted'];

/** Every rule once, in the order in which the candidate that came furthest met them. */
function rulesOf(candidates: readonly Candidate[]): readonly string[] {
  const byLength = [...candidates].sort((a, b) => b.checks.length - a.checks.length);
  return [...new Set(byLength.flatMap(({ checks }) => checks.map(({ rule }) => rule)))];
}

function cellOf(candidate: Candidate, rule: string): Cell {
  const check = candidate.checks.find((seen) => seen.rule === rule);
  if (check === undefined) return { kind: 'not-asked' };
  const { ok, value, needs, saw, wants, liking } = check;
  const mendable = !ok && MENDABLE.includes(candidate.reason ?? '');
  return {
    kind: ok ? 'yes' : 'no',
    value,
    needs,
    saw,
    wants,
    mendable,
    ...(liking === undefined ? {} : { liking }),
  };
}

export function traceOf(decision: PromoDecision): Trace {
  const { candidates } = decision;
  return {
    candidates,
    rows: rulesOf(candidates).map((rule) => ({
      rule,
      cells: candidates.map((candidate) => cellOf(candidate, rule)),
    })),
    winner: candidates.findIndex(({ outcome }) => outcome === 'offered' || outcome === 'withheld'),
  };
}

export const isMendable = (candidate: Candidate): boolean => MENDABLE.includes(candidate.reason ?? '');

/** The product that the candidate would have offered, by its name in what the decision stood on. */
export function productName(decision: PromoDecision, candidate: Candidate): string {
  if (decision.offer !== undefined && decision.offer.sku === candidate.sku) return decision.offer.name;
  const facts = decision.inputs['facts'] as
    | Record<string, { products?: readonly { sku?: string; name?: string }[] }>
    | undefined;
  const named = facts?.[candidate.campaign]?.products?.find(({ sku }) => sku === candidate.sku)?.name;
  return named ?? candidate.name ?? candidate.campaign;
}
