import { isType, type JournalledEvent, type StoreEvent } from '../contracts/index.js';
import type { Views } from '../ports.js';
import { pruneTransactions } from './baskets/transactions.js';
import { pruneConsents } from './consent/consent.js';
import { onTime } from './consent/gate.js';
import { archiveCoupons, expireCoupons } from './coupon/expire.js';
import { pruneMade } from './coupon/holds.js';
import { keepIssuedCode } from './coupon/issue.js';
import { createDerived } from './derived.js';
import { noteLevels, pruneFigures } from './figures/figures.js';
import { handle, onZoneChange } from './handlers.js';
import { pruneHints } from './hints/state.js';
import { pruneTallies } from './offers/tally.js';
import { closeMinute, minuteDueMs } from './presence/minutes.js';
import { sweepVisitors } from './presence/presence.js';
import { prunePushes } from './push/push.js';
import { redecideScreens } from './screens/screens.js';
import { type CoreState, createState, restoreState, serialiseState } from './state.js';
import { createStepper, type Step } from './step.js';
import { HOUR_MS, NEVER_MS, parseInstantMs } from './time.js';
import type { Core, CoreSecrets, StepResult } from './types.js';
import { createViews } from './views.js';

const NOTHING: StepResult = Object.freeze({ outputs: Object.freeze([]) as readonly StoreEvent[] });

/**
 * The decision core of one store. `serialised` is what `serialise` gave; it throws when that was written by
 * another version of the state, and the journal must then be stepped from its beginning.
 */
export function createCore(secrets: CoreSecrets, serialised?: string): Core & { readonly views: Views } {
  const state = serialised === undefined ? createState() : restoreState(serialised);
  const derived = createDerived(state);
  const step = createStepper(state, derived, secrets);
  return {
    step(journalled: JournalledEvent): StepResult {
      const { offset, event, cause } = journalled;
      // Outputs of earlier steps, and steps already made, are part of the state; a code was made under a secret.
      if (cause !== undefined && isType(event, 'coupon.issued')) keepIssuedCode(state.coupons, event.data);
      if (cause !== undefined || offset <= state.clock.offset) return NOTHING;
      state.clock.offset = offset;
      const recordedMs = parseInstantMs(event.recordedtime);
      if (recordedMs > state.clock.nowMs) state.clock.nowMs = recordedMs;
      step.begin({ nowMs: state.clock.nowMs, offset, event });
      passTime(step);
      handle(step, journalled);
      redecideScreens(step);
      return step.outputs.length === 0 ? NOTHING : { outputs: step.outputs };
    },
    nextTickMs: () => nextTickMs(state),
    serialise: () => serialiseState(state),
    views: createViews(state, derived),
  };
}

/** Whatever fell due before this event happened before it. */
function passTime(step: Step): void {
  closeMinute(step);
  onTime(step);
  sweepVisitors(step, onZoneChange);
  expireCoupons(step);
  if (step.nowMs >= step.state.clock.dayCheckMs) newDay(step);
}

/** Housekeeping, when the store's own date changes. */
function newDay(step: Step): void {
  const { state, derived } = step;
  state.clock.dayCheckMs = (Math.floor(step.nowMs / HOUR_MS) + 1) * HOUR_MS;
  const { day } = derived.clock.at(step.nowMs);
  if (day === state.clock.day) return;
  state.clock.day = day;
  state.presence.flow.clear();
  pruneMade(state.coupons, day);
  pruneFigures(state.figures, day);
  pruneTallies(state.offers, day);
  noteLevels(step);
  pruneTransactions(step, day);
  pruneConsents(state.consent, step.nowMs);
  archiveCoupons(step);
  prunePushes(step);
  pruneHints(state.hints, step.nowMs);
}

function nextTickMs(state: CoreState): number | undefined {
  const next = Math.min(
    state.presence.dueMs,
    minuteDueMs({ state }),
    state.consent.dueMs,
    state.coupons.dueMs,
    state.screens.dueMs,
  );
  return next >= NEVER_MS ? undefined : next;
}
