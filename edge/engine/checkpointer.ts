import type { Alarms, Clock } from '../ports.js';
import type { Journal } from '../store/types.js';

export interface CheckpointPace {
  /** Seal after so many offsets … */
  readonly everyOffsets: number;
  /** … or after so long with anything new, in milliseconds. */
  readonly everyMs: number;
}

/** Seals the state now and then, so that a restart has little to read. Sealing never holds up a step. */
export function createCheckpointer(
  deps: { journal: Journal; clock: Clock; alarms: Alarms; pace: CheckpointPace },
  sealedAt: number,
) {
  let sealedOffset = sealedAt;
  let sealedMs = deps.clock.monotonicMs();
  let sealing: Promise<void> = Promise.resolve();

  const seal = (offset: number, serialise: () => string): void => {
    sealedOffset = offset;
    sealedMs = deps.clock.monotonicMs();
    const state = serialise();
    sealing = sealing
      .then(() => deps.journal.saveCheckpoint({ offset, state }))
      .then(() => deps.alarms.clear('CheckpointFailed'))
      .catch((error: Error) =>
        deps.alarms.raise('CheckpointFailed', `The state could not be sealed: ${error.message}`),
      );
  };

  return {
    /** Called after each durable step. */
    note(offset: number, serialise: () => string): void {
      const many = offset - sealedOffset >= deps.pace.everyOffsets;
      const long = offset > sealedOffset && deps.clock.monotonicMs() - sealedMs >= deps.pace.everyMs;
      if (many || long) seal(offset, serialise);
    },
    /** Seal now, and leave nothing older; rejects when that could not be written, and a later call tries again. */
    renew(offset: number, serialise: () => string): Promise<void> {
      sealedOffset = offset;
      sealedMs = deps.clock.monotonicMs();
      const state = serialise();
      const renewed = sealing.then(() => deps.journal.renewCheckpoint({ offset, state }));
      sealing = renewed.catch(() => undefined);
      return renewed;
    },
    /** Seal what is not sealed yet and wait until it is on disk. */
    async finish(offset: number, serialise: () => string): Promise<void> {
      if (offset > sealedOffset) seal(offset, serialise);
      await sealing;
    },
  };
}
