import type { JournalledEvent, StoreEvent } from '../contracts/index.js';
import type { Alarms } from '../ports.js';
import { type DecisionCore, type RecoveryDeps, rebuildBefore } from './recovery.js';

export interface StepBatch {
  readonly outputs: readonly StoreEvent[];
  /** `causes[i]` is the offset whose step made `outputs[i]`. */
  readonly causes: readonly number[];
}

/** Owns the core: runs events through it and puts it back together when one of them makes it fail. */
export function createStepper(deps: RecoveryDeps & { readonly alarms: Alarms }, recovered: DecisionCore) {
  let core = recovered;

  const stepOne = (input: JournalledEvent): readonly StoreEvent[] | Error => {
    if (deps.poison.skips(input.offset)) return [];
    try {
      return core.step(input).outputs;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  const afterFailure = async (input: JournalledEvent, failure: Error): Promise<readonly StoreEvent[]> => {
    const second = await deps.poison.strike(input.offset);
    // The failed step may have left the state half changed: only the journal knows what it was.
    core = rebuildBefore(deps, input.offset);
    if (!second) {
      const again = stepOne(input);
      return again instanceof Error ? afterFailure(input, again) : again;
    }
    await deps.setAside(input, failure);
    const { type } = input.event;
    deps.alarms.raise('CoreFailed', `An event of type ${type} was set aside: ${failure.message}`, { type });
    return [];
  };

  return {
    current: (): DecisionCore => core,
    /** Back to the state before `offset`, after its outputs could not be made durable. */
    rewind(offset: number): void {
      core = rebuildBefore(deps, offset);
    },
    async step(inputs: readonly JournalledEvent[]): Promise<StepBatch> {
      const outputs: StoreEvent[] = [];
      const causes: number[] = [];
      for (const input of inputs) {
        const stepped = stepOne(input);
        // Waited for only where something failed: most events of a shop move nothing and put nothing out.
        const made = stepped instanceof Error ? await afterFailure(input, stepped) : stepped;
        for (const output of made) {
          outputs.push(output);
          causes.push(input.offset);
        }
      }
      return { outputs, causes };
    },
  };
}
