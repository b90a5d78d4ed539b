import type { Step } from '../step.js';
import { storyOffScreen } from '../story/stories.js';
import { screenOfKey } from './state.js';

/**
 * A screen that the policy names no more offers nothing to anybody: nothing of it may go on holding a price, a story or
 * the row of a silent device. Screens made at the store itself stand in the policy like all others.
 */
export function forgetGoneScreens(step: Step): void {
  if (step.state.setup.policy === null) return;
  const { screens, devices } = step.state;
  const named = new Set(step.derived.screens.map(({ id }) => id));
  for (const [key, { showing }] of screens.rows) {
    if (named.has(screenOfKey(key))) continue;
    if (showing !== null) storyOffScreen(step, showing.decisionId);
    screens.rows.delete(key);
  }
  for (const id of screens.online.keys()) if (!named.has(id)) screens.online.delete(id);
  for (const [id, { kind }] of devices.heard) {
    if (kind === 'screen' && !named.has(id)) devices.heard.delete(id);
  }
}
