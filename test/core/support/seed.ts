import { runSeed } from '../../support/promise.js';

/** `PROPERTY_SEED` and `PROPERTY_RUNS` repeat a failure or look longer; the seed is printed with every failure. */
export function seeded(runs: number): { seed: number; numRuns: number } {
  const given = process.env['PROPERTY_SEED'];
  const seed = given === undefined ? runSeed('property') : Number(given);
  return { seed, numRuns: Number(process.env['PROPERTY_RUNS'] ?? runs) };
}
