import { neededStock } from '../decide/eligibility.js';
import { noteSoldOut } from '../figures/figures.js';
import type { Step } from '../step.js';
import type { StockChange } from './stock.js';

/** Say a new level, and have those screens looked at again that it can matter to. */
export function tellStock(step: Step, change: StockChange | undefined): void {
  if (change === undefined) return;
  step.emit('stock.level', change.level);
  const entry = step.state.stock.entries.get(change.level.sku);
  if (entry !== undefined && !change.level.soldOut) delete entry.outSinceMs;
  else if (entry !== undefined) entry.outSinceMs ??= step.nowMs;
  noteSoldOut(step, change.level.sku, change.level.soldOut);
  if (mattersToScreens(step, change)) step.stale.urgent = true;
}

/** A piece more or less changes nothing while there are enough: only crossing a campaign's need does. */
function mattersToScreens(step: Step, { level, before }: StockChange): boolean {
  const { displays, productsOf } = step.derived;
  return displays.some((campaign) => {
    const takesOthers = campaign.inventory?.substitute === true;
    if (!takesOthers && productsOf.get(campaign.id)?.skus.has(level.sku) !== true) return false;
    const needed = neededStock(campaign);
    return before === null || before >= needed !== level.count >= needed;
  });
}
