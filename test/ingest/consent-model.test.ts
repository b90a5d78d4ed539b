import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PURPOSES } from '../../edge/contracts/index.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { type Command, type Count, KINDS, noCount, openLife } from './support/consent-life.js';

const MODEL_RUNS = sized({ q: 25, n: 500 });
const WITHIN_MS = MODEL_RUNS * 5_000 + 60_000;
const CONTROL_RUNS = 5;
const seed = runSeed('S14');

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Command>({ do: 'visit' }) },
  { weight: 2, arbitrary: fc.constant<Command>({ do: 'buy' }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('grant' as const, 'grant' as const, 'refuse' as const, 'withdraw' as const),
      purpose: fc.constantFrom(...PURPOSES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 200, 364, 366) }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'restart' }) },
);
const all = (what: 'grant' | 'withdraw'): Command[] => PURPOSES.map((purpose) => ({ do: what, purpose }));
/** Long enough to matter whatever came before. */
const ENDING: readonly Command[] = [
  ...all('grant'),
  ...[{ do: 'visit' as const }, { do: 'buy' as const }],
  ...all('withdraw'),
  ...[{ do: 'wait' as const, days: 1 }, { do: 'visit' as const }, { do: 'buy' as const }],
];

async function play(count: Count, history: readonly Command[], deaf: boolean): Promise<void> {
  const life = await openLife(count, deaf);
  for (const step of history) await life.play(step);
  await life.close();
}

describe('S14: consent gates processing', () => {
  it(
    `names, sells to, decides for and messages a shopper only while they agreed, over ${MODEL_RUNS} histories`,
    async () => {
      const histories = fc.sample(fc.array(command, { minLength: 6, maxLength: 16 }), {
        seed,
        numRuns: MODEL_RUNS,
      });
      const total = noCount();
      for (const history of histories) {
        const count = noCount();
        await play(count, [...history, ...ENDING], false);
        for (const kind of KINDS) {
          const { without, withheld, done } = count[kind];
          expect({ kind, without, withheld }, `seed ${seed}: ${JSON.stringify(history)}`).toEqual({
            ...{ kind, without: 0, withheld: 0 },
          });
          total[kind].done += done;
        }
      }
      const control = noCount();
      for (const history of histories.slice(0, CONTROL_RUNS))
        await play(control, [...history, ...ENDING], true);
      console.log(`S14: ${JSON.stringify({ total, control })}`);
      for (const kind of KINDS) {
        expect(total[kind].done, kind).toBeGreaterThanOrEqual(MODEL_RUNS);
        expect(control[kind].without, kind).toBeGreaterThanOrEqual(CONTROL_RUNS);
      }
      const words = (pick: (kind: (typeof KINDS)[number]) => number): string =>
        KINDS.map((kind) => `${pick(kind)} ${kind}s`).join(', ');
      keptPromise({
        promise: 'S14 (rim and core)',
        what: `${MODEL_RUNS} histories of consent, refusal, withdrawal, time and restart; ${words((kind) => total[kind].done)} at a person's level`,
        figure: '0 of them without a valid receipt; no sighting and no sale withheld with one',
        control: `what is taken back does not reach the store, ${CONTROL_RUNS} histories: without a receipt ${words((kind) => control[kind].without)}`,
        seed,
      });
    },
    WITHIN_MS,
  );
});
