export { createCore } from './core.js';
export type { Core, StepResult } from './types.js';
