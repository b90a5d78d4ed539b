import type { JournalledEvent, StoreEvent } from '../contracts/index.js';

/** What only this store knows. It is given at creation, and stands in no event and no state. */
export interface CoreSecrets {
  /** Makes coupon codes unguessable, and who walks by without consent a different nobody every day. */
  readonly salt: string;
}

/** What a step hands back. Outputs carry deterministic ids `<offset>.<n>` and the recordedtime of their cause. */
export interface StepResult {
  readonly outputs: readonly StoreEvent[];
}

/**
 * The decision core: state in, event in, outputs out. It owns its state and changes it in place, which is an
 * optimisation that no caller can see: the same events give the same state and the same outputs, byte for byte.
 */
export interface Core {
  /** Handle one event; of what an earlier step put out, only the code of a coupon is taken over. Never throws for anything a device or person can send. */
  step(journalled: JournalledEvent): StepResult;
  /** Epoch ms at which the core next wants a `tick`, if nothing else happens before. */
  nextTickMs(): number | undefined;
  /** Whole state as JSON, sealed into a checkpoint. */
  serialise(): string;
}
