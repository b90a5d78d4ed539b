import type {
  Campaign,
  HealthNow,
  PromoDecision,
  QuarantineEvent,
  StoreEvent,
} from '../../edge/contracts/index.js';
import { call, longCall } from '../shared/api.js';
import { because, saying } from './desk/reason.js';

/** Every call of the staff page, in one place. */

/** A what-if reads the whole range: a busy day takes half a minute. */
const WHAT_IF_MS = 120_000;

export type JournalEntry = StoreEvent & { readonly offset: number; readonly cause?: number };
export interface JournalPage {
  readonly events: readonly JournalEntry[];
  readonly next?: string;
  /** On the first page: events recorded in the time asked for, whatever the other filters say. */
  readonly total?: number;
}
export interface JournalQuery {
  readonly q?: string;
  readonly type?: string;
  /** Topics to leave out, with commas between. */
  readonly without?: string;
  readonly outcome?: PromoDecision['outcome'];
  /** RFC 3339 */
  readonly from?: string;
  readonly to?: string;
  readonly after?: string;
  readonly limit?: number;
}
export type HeldRecord = QuarantineEvent & { readonly recordedtime: string };

export const stopAll = (): Promise<{ id: string }> => call('POST', '/v1/stop', { scope: 'all' });
/** Why it was stopped or, once it is undone, why it was brought back. */
export const sayWhy = (stopId: string, reason: string): Promise<unknown> =>
  call('PUT', `/v1/stop/${encodeURIComponent(stopId)}/reason`, { reason });
/** How long there is room for what waits. */
export type Room = Pick<HealthNow, 'journal'>;
export const readRoom = (): Promise<Room> => call('GET', '/v1/health');

export const undoStop = (stopId: string): Promise<unknown> =>
  call('DELETE', `/v1/stop/${encodeURIComponent(stopId)}`);

export function searchJournal(query: JournalQuery): Promise<JournalPage> {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') words.set(name, String(value));
  }
  return call('GET', `/v1/journal?${words}`);
}
interface TopicPage<T> {
  readonly events: readonly { readonly data: T }[];
  readonly next: string;
}
const TOPIC_PAGE = 200;
const TOPIC_PAGES_MAX = 50;

/** All events of one topic, oldest first. For topics of the setup only: few and small. */
export async function wholeTopic<T>(topic: string): Promise<readonly T[]> {
  const all: T[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < TOPIC_PAGES_MAX; pages += 1) {
    const query = new URLSearchParams({
      limit: String(TOPIC_PAGE),
      ...(after === undefined ? {} : { after }),
    });
    const page = await call<TopicPage<T>>('GET', `/v1/topics/${topic}/events?${query}`);
    all.push(...page.events.map(({ data }) => data));
    if (page.events.length < TOPIC_PAGE) return all;
    after = page.next;
  }
  return all;
}
export const openEntry = (id: string): Promise<JournalEntry> =>
  call('GET', `/v1/journal/${encodeURIComponent(id)}`);

export const heldRecords = (): Promise<{
  readonly records: readonly Omit<HeldRecord, 'body'>[];
  readonly total: number;
}> => call('GET', '/v1/quarantine?limit=50');
export const openRecord = (id: string): Promise<HeldRecord> =>
  call('GET', `/v1/quarantine/${encodeURIComponent(id)}`);
/** Whether a body would fit; where and why not. */
export interface Verdict {
  readonly fits: boolean;
  /** Code of the refusal. */
  readonly reason?: string;
  readonly detail?: string;
  readonly field?: string;
}
export const checkRecord = (id: string, body: string): Promise<Verdict> =>
  call('POST', `/v1/quarantine/${encodeURIComponent(id)}/check`, { body });
export const mendRecord = (
  id: string,
  body: string,
  reason: string | undefined,
): Promise<{ readonly events: readonly string[] }> =>
  call('POST', `/v1/quarantine/${encodeURIComponent(id)}/mend`, { body, ...saying(reason) });
export const leaveRecord = (id: string, reason: string): Promise<unknown> =>
  call('POST', `/v1/quarantine/${encodeURIComponent(id)}/leave${because(reason)}`);

/** What one side made of an event. */
export interface WhatIfSide {
  readonly outcome: string;
  readonly reason?: string;
  readonly campaign?: string;
  readonly sku?: string;
  readonly priceMinor?: number;
}
export interface WhatIfTally {
  readonly offered: number;
  readonly withheld: number;
  readonly rejected: number;
}
/** A journal range under changed campaigns, beside what was decided. */
export interface WhatIf {
  readonly events: number;
  readonly before: WhatIfTally;
  readonly after: WhatIfTally;
  readonly differences: number;
  /** The first of them, one by one. */
  readonly shown: readonly {
    readonly at: string;
    readonly offset: number;
    readonly surface: string;
    readonly zone?: string;
    readonly screen?: string;
    readonly before?: WhatIfSide;
    readonly after?: WhatIfSide;
  }[];
  readonly heldFrom?: string | null;
}
export const simulate = (
  body: { campaigns: readonly Campaign[]; from?: string; until?: string },
  onShare: (share: number) => void,
): Promise<WhatIf> =>
  longCall<WhatIf, { share: number }>('/v1/simulate', body, {
    timeoutMs: WHAT_IF_MS,
    onProgress: ({ share }) => onShare(share),
  });
