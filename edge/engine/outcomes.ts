import { type JournalledEvent, RefusalError, type StoreEvent } from '../contracts/index.js';

/** How many recent steps are remembered for a caller that asks just after its step settled. */
const REMEMBERED_MAX = 4_000;

/** What a sighting brings about: nobody waits for the step of one, and a busy store makes thousands a second. */
const OF_SIGHTINGS: ReadonlySet<string> = new Set(['promo.decision', 'presence.zone']);
const isOfSighting = ({ type }: StoreEvent): boolean => OF_SIGHTINGS.has(type);

/** Those who wait for what the step of their event put out. */
export function createOutcomes(settledUpTo: number) {
  let settled = settledUpTo;
  const recent = new Map<number, readonly StoreEvent[]>();
  const waiting = new Map<number, ((outputs: readonly StoreEvent[]) => void)[]>();

  const remember = (offset: number, outputs: readonly StoreEvent[]): void => {
    recent.set(offset, outputs);
    if (recent.size > REMEMBERED_MAX) recent.delete(recent.keys().next().value!);
  };

  return {
    /** Everything up to `last` is durable; `made` are its outputs, each with its cause. */
    settle(last: number, made: readonly JournalledEvent[]): void {
      const byCause = new Map<number, StoreEvent[]>();
      for (const { cause, event } of made) {
        const group = byCause.get(cause!);
        if (group === undefined) byCause.set(cause!, [event]);
        else group.push(event);
      }
      for (const [cause, outputs] of byCause) if (!outputs.every(isOfSighting)) remember(cause, outputs);
      settled = last;
      for (const [offset, resolvers] of waiting) {
        if (offset > settled) continue;
        waiting.delete(offset);
        for (const resolve of resolvers) resolve(byCause.get(offset) ?? []);
      }
    },
    wait(offset: number, timeoutMs: number): Promise<readonly StoreEvent[]> {
      if (offset <= settled) return Promise.resolve(recent.get(offset) ?? []);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new RefusalError({ reason: 'Busy', detail: `no decision within ${timeoutMs} ms` }));
        }, timeoutMs);
        const done = (outputs: readonly StoreEvent[]): void => {
          clearTimeout(timer);
          resolve(outputs);
        };
        waiting.set(offset, [...(waiting.get(offset) ?? []), done]);
      });
    },
  };
}
