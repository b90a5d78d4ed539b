import type { Figure } from './figures.js';

/** One condition, measured several times in turn with the others of its run: latencies of each repeat, ms. */
export interface Condition {
  readonly name: string;
  readonly repeats: readonly (readonly number[])[];
}

/** What may be added to the p99 by the other condition: the promise's factor. */
const RATIO_MOST = 1.2;

/** p50 and p99 of each condition, median and worst of the repeats, and each p99 against the first condition's. */
export function compared(bench: string, conditions: readonly Condition[]): Figure[] {
  const [base] = conditions;
  const baseP99 = base === undefined ? Number.NaN : medianOf(base, 0.99);
  return conditions.flatMap((condition, at) => {
    const figure = (metric: string, value: number, unit: string): Figure => ({
      ...{ bench, case: condition.name, metric, value, unit },
    });
    const p99s = condition.repeats.map((latencies) => quantile(latencies, 0.99));
    const ratio = figure('p99 against the first case', medianOf(condition, 0.99) / baseP99, '×');
    return [
      figure('p50', medianOf(condition, 0.5), 'ms'),
      figure(`p99, median of ${p99s.length}`, medianOf(condition, 0.99), 'ms'),
      figure(`p99, worst of ${p99s.length}`, Math.max(...p99s), 'ms'),
      figure('measured', condition.repeats.flat().length, 'times'),
      ...(at === 0 ? [] : [{ ...ratio, limit: { most: RATIO_MOST } }]),
    ];
  });
}

function medianOf({ repeats }: Condition, share: number): number {
  return quantile(
    repeats.map((latencies) => quantile(latencies, share)),
    0.5,
  );
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}
