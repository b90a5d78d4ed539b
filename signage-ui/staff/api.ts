import type { Campaign, PromoDecision, QuarantineEvent, StoreEvent } from '../../edge/contracts/index.js';
import { call } from '../shared/api.js';

/** Every call of the staff page, in one place. */

/** A what-if reads the whole range; the store answers when it has. */
const WHAT_IF_MS = 120_000;

export type JournalEntry = StoreEvent & { readonly offset: number; readonly cause?: number };
export interface JournalPage {
  readonly events: readonly JournalEntry[];
  readonly next?: string;
}
export interface JournalQuery {
  readonly q?: string;
  readonly type?: string;
  /** Topics to leave out, with commas between. */
  readonly without?: string;
  readonly outcome?: PromoDecision['outcome'];
  readonly after?: string;
  readonly limit?: number;
}
export type HeldRecord = QuarantineEvent & { readonly recordedtime: string };

export const stopAll = (reason: string): Promise<{ id: string }> =>
  call('POST', '/v1/stop', { scope: 'all', reason });
export const undoStop = (stopId: string): Promise<unknown> =>
  call('DELETE', `/v1/stop/${encodeURIComponent(stopId)}`);

export function searchJournal(query: JournalQuery): Promise<JournalPage> {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') words.set(name, String(value));
  }
  return call('GET', `/v1/journal?${words}`);
}
export const openEntry = (id: string): Promise<JournalEntry> =>
  call('GET', `/v1/journal/${encodeURIComponent(id)}`);

export const heldRecords = (): Promise<{
  readonly records: readonly Omit<HeldRecord, 'body'>[];
  readonly total: number;
}> => call('GET', '/v1/quarantine?limit=50');
export const openRecord = (id: string): Promise<HeldRecord> =>
  call('GET', `/v1/quarantine/${encodeURIComponent(id)}`);
export const mendRecord = (id: string, body: string): Promise<{ readonly events: readonly string[] }> =>
  call('POST', `/v1/quarantine/${encodeURIComponent(id)}/mend`, { body });
export const leaveRecord = (id: string): Promise<unknown> =>
  call('POST', `/v1/quarantine/${encodeURIComponent(id)}/leave`);

type Outcomes = Readonly<Record<PromoDecision['outcome'], number>>;
export interface WhatIfSide {
  readonly outcome: PromoDecision['outcome'];
  readonly campaign?: string;
  readonly sku?: string;
  readonly priceMinor?: number;
  readonly reason?: string;
}
/** A journal range under changed campaigns, beside what was decided. */
export interface WhatIf {
  readonly events: number;
  readonly was: Outcomes;
  readonly wouldBe: Outcomes;
  readonly differentCount: number;
  readonly different: readonly {
    readonly at: string;
    readonly place: string;
    readonly was: WhatIfSide | null;
    readonly wouldBe: WhatIfSide | null;
  }[];
  readonly heldFrom: string | null;
}
export const simulate = (body: {
  campaigns: readonly Campaign[];
  from?: string;
  until?: string;
}): Promise<WhatIf> => call('POST', '/v1/simulate', body, WHAT_IF_MS);
