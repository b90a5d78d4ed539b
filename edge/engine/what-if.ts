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

export interface WhatIfDeps {
  readonly journal: Pick<Journal, 'read'>;
  readonly createCore: () => Core;
  /** After each page: events that went through, those before the range too, and when the last of them was recorded. */
  readonly onPage?: (events: number, recordedtime: string) => void;
}

const PAGE_EVENTS = 500;

/** The journal once more under changed campaigns, beside what was decided. Of a day it takes seconds without a pause. */
export function whatIf({ journal, createCore, onPage }: WhatIfDeps, options: WhatIfOptions): WhatIf {
  const comparison = startComparison({ createCore, campaigns: options.campaigns });
  let heldFrom: string | null = null;
  let events = 0;
  for (let after = 0; ; ) {
    const page = journal.read({ after, limit: PAGE_EVENTS, inputs: true });
    for (const journalled of page) {
      heldFrom ??= journalled.event.recordedtime;
      const recordedMs = Date.parse(journalled.event.recordedtime);
      if (recordedMs >= options.untilMs) return { ...comparison.result(), heldFrom };
      if (recordedMs < options.fromMs) comparison.warm(journalled);
      else comparison.compare(journalled);
    }
    const last = page[page.length - 1];
    if (last === undefined || page.length < PAGE_EVENTS) return { ...comparison.result(), heldFrom };
    after = last.offset;
    events += page.length;
    onPage?.(events, last.event.recordedtime);
  }
}
