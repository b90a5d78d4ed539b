/** `PROPERTY_SEED` and `PROPERTY_RUNS` repeat a failure or look longer; the seed is printed with every failure. */
export function seeded(runs: number): { seed: number; numRuns: number } {
  const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);
  console.log(`property seed ${seed}`);
  return { seed, numRuns: Number(process.env['PROPERTY_RUNS'] ?? runs) };
}
