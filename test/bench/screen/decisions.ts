import type { PromoDecision } from '../../../edge/contracts/index.js';
import type { RunningStore } from '../../support/store.js';

/** What the store decided for one screen, and the sighting that made it decide. */
export interface Decided {
  readonly decisionId: string;
  readonly screen: string;
  readonly priceMinor: number;
  /** The store took the sighting, by its own clock, to the millisecond below. */
  readonly receivedAtMs: number;
  /** Of the sighting, by its sender; absent where something else made the store decide. */
  readonly seq: number | undefined;
  /** What made it decide, in words for an error. */
  readonly because: string;
}

interface Entry {
  readonly type: string;
  readonly offset: number;
  readonly cause?: number;
  readonly recordedtime: string;
  readonly data: Record<string, unknown>;
}

const PAGE = 200;
const AT_ONCE = 8;
/** A decision bears the time of what caused it, and stands behind later events: searching by time is near enough. */
const AROUND_MS = 100;

/** Every offer that a screen was given since an instant, read as staff read it. */
export async function offeredSince(store: RunningStore, fromMs: number): Promise<readonly Decided[]> {
  const from = new Date(fromMs).toISOString();
  const entries = await search(store, { type: 'promo.decision', outcome: 'offered', from });
  const offered = entries.filter(({ data }) => data['screen'] !== undefined);
  const decided: Decided[] = [];
  while (offered.length > 0) {
    const some = offered.splice(0, AT_ONCE);
    decided.push(...(await Promise.all(some.map((entry) => decidedBy(store, entry)))));
  }
  return decided;
}

async function decidedBy(store: RunningStore, { cause, recordedtime, data }: Entry): Promise<Decided> {
  const { decisionId, screen = '', offer } = data as unknown as PromoDecision;
  const receivedAtMs = Date.parse(recordedtime);
  const then = await search(store, {
    from: new Date(receivedAtMs - AROUND_MS).toISOString(),
    to: new Date(receivedAtMs + AROUND_MS).toISOString(),
  });
  const made = then.find(({ offset }) => offset === cause);
  const seq = made?.type === 'presence.sighting' ? (made.data['seq'] as number) : undefined;
  const priceMinor = offer?.priceMinor ?? Number.NaN;
  return { decisionId, screen, priceMinor, receivedAtMs, seq, because: JSON.stringify(made) };
}

async function search(store: RunningStore, filters: Record<string, string>): Promise<Entry[]> {
  const found: Entry[] = [];
  let after: string | undefined;
  do {
    const query = new URLSearchParams({
      ...filters,
      limit: String(PAGE),
      ...(after === undefined ? {} : { after }),
    });
    const answer = await store.call(`/v1/journal?${query}`);
    if (!answer.ok) throw new Error(`reading the journal: ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as { events: Entry[]; next?: string };
    found.push(...page.events);
    after = page.next;
  } while (after !== undefined);
  return found;
}
