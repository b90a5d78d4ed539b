import { appendFileSync } from 'node:fs';

/** `q` in every run, `n` in the long one. */
export const SIZE: 'q' | 'n' = process.env['ENDCAP_SIZE'] === 'n' ? 'n' : 'q';

/** Pick a figure by the size of this run. */
export function sized<T>(figures: { readonly q: T; readonly n: T }): T {
  return figures[SIZE];
}

/** Every quick run takes the same path, because a gate must not be a lottery; the long ones explore. */
const QUICK_SEED = 20_261_123;

/** A seed for this run: given by `ENDCAP_SEED` to repeat one, new in a long run; printed in any case. */
export function runSeed(suite: string): number {
  const seed = Number(process.env['ENDCAP_SEED'] ?? (SIZE === 'n' ? Date.now() % 2_147_483_647 : QUICK_SEED));
  console.log(`${suite}: seed ${seed} (repeat with ENDCAP_SEED=${seed})`);
  return seed;
}

/** What a suite found out about a promise, for the report of the run. */
export interface PromiseResult {
  /** For example `D1`, with the half that was tested where it is one. */
  readonly promise: string;
  readonly what: string;
  readonly figure: string;
  readonly control: string;
  readonly seed?: number;
}

/** Note a kept promise; called as the last line of its test, so that a failed one is never in the report. */
export function keptPromise(result: PromiseResult): void {
  const file = process.env['ENDCAP_PROMISES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ ...result, size: SIZE })}\n`);
}
