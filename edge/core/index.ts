export { createCore } from './core.js';
export { type Explanation, explainDecision, type RuleRow } from './decide/explain.js';
export { type SimulatedDecision, simulateDecision } from './decide/simulate.js';
export {
  type Difference,
  type ReplayWithOptions,
  replayWith,
  type SideBySide,
  startComparison,
} from './replay-with.js';
export type { Core, CoreSecrets, StepResult } from './types.js';
