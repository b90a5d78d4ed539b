import type { Campaign } from '../contracts/index.js';
import { type SideBySide, startComparison } from '../core/index.js';
import type { Core } from '../core/types.js';
import type { Journal } from '../store/types.js';

export interface WhatIfOptions {
  /** Replace or add these; the rest stays as it was. */
  readonly campaigns: readonly Campaign[];
  /** Epoch ms, inclusive. */
  readonly fromMs: number;
  /** Epoch ms, exclusive. */
  readonly untilMs: number;
}

export interface WhatIf extends SideBySide {
  /** RFC 3339; what was recorded before is gone, and the state then was rebuilt from what is held. */
  readonly heldFrom: string | null;
}

const PAGE_EVENTS = 500;

/**
 * The journal once more under changed campaigns, beside what was decided. Runs in slices, so that the store goes
 * on deciding meanwhile.
 */
export async function whatIf(
  deps: { journal: Pick<Journal, 'read'>; createCore: () => Core; pause: () => Promise<void> },
  options: WhatIfOptions,
): Promise<WhatIf> {
  const comparison = startComparison({ createCore: deps.createCore, campaigns: options.campaigns });
  let heldFrom: string | null = null;
  for (let after = 0; ; ) {
    const page = deps.journal.read({ after, limit: PAGE_EVENTS, inputs: true });
    for (const journalled of page) {
      heldFrom ??= journalled.event.recordedtime;
      const recordedMs = Date.parse(journalled.event.recordedtime);
      if (recordedMs >= options.untilMs) return { ...comparison.result(), heldFrom };
      if (recordedMs < options.fromMs) comparison.warm(journalled);
      else comparison.compare(journalled);
    }
    if (page.length < PAGE_EVENTS) return { ...comparison.result(), heldFrom };
    after = page[page.length - 1]!.offset;
    await deps.pause();
  }
}
