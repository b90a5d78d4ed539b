/**
 * The store of the benchmark: many bays with a screen each, and two open offers between which those who are there
 * decide. Two who like the one and two who like the other stay in every bay; one more of either comes and goes.
 */
import { enrol, post } from '../../support/shopper.js';
import type { RunningStore } from '../../support/store.js';

/** Enough for two changes a second, as each screen keeps an offer for twenty seconds at least. */
const BAYS = 44;
const ENROL_AT_ONCE = 8;
const TILL = 'till-1';
const PRICE_MINOR = 89;

/** With as many who like either, the first is worth more; with one more who likes the second, that is. */
const STILL = { sku: 'DRK-1006', bidMicros: 1_500_000, headline: 'Water from the hills' };
const SPARKLING = { sku: 'DRK-1007', bidMicros: 1_000_000, headline: 'And with bubbles' };

/** One screen and those before it, by their tags. */
export interface Bay {
  readonly zone: string;
  readonly node: string;
  readonly screen: string;
  readonly stay: readonly string[];
  /** Likes what is not up while nobody comes: their coming changes the screen. */
  readonly first: string;
  /** Comes while the first is there and likes the other: their coming changes it back. */
  readonly second: string;
}
type Place = Pick<Bay, 'zone' | 'node' | 'screen'>;

const PLACES: readonly Place[] = Array.from({ length: BAYS }, (_, n) => ({
  zone: `bay-${n + 1}`,
  node: `bay-${n + 1}-node`,
  screen: `bay-${n + 1}-screen`,
}));

export function withBays(yaml: string): string {
  const rows = (row: (place: Place) => string): string =>
    PLACES.map((place) => `  - { ${row(place)} }\n`).join('');
  return yaml
    .replace('\nzones:\n', `\nzones:\n${rows(({ zone }) => `id: ${zone}, name: ${zone}`)}`)
    .replace('\nnodes:\n', `\nnodes:\n${rows(({ node, zone }) => `id: ${node}, zone: ${zone}`)}`)
    .replace('\nscreens:\n', `\nscreens:\n${rows(({ screen, zone }) => `id: ${screen}, zone: ${zone}`)}`);
}

export function withOffers(campaigns: string): string {
  const zones = PLACES.map(({ zone }) => zone).join(', ');
  const offer = ({ sku, bidMicros, headline }: typeof STILL): string => `
  - id: open-${sku}
    version: 1
    name: ${headline}
    kind: display
    products: { skus: [${sku}] }
    discount: { percent: 10 }
    headline: ${headline}
    where: { zones: [${zones}] }
    bidMicros: ${bidMicros}
`;
  return `${campaigns}${offer(STILL)}${offer(SPARKLING)}`;
}

/** Everybody consents and has bought what they like. */
export async function peopleOf(store: RunningStore): Promise<readonly Bay[]> {
  const likes = [STILL, STILL, SPARKLING, SPARKLING, SPARKLING, STILL].map(({ sku }) => sku);
  const wanted = PLACES.flatMap(() => likes);
  const tags: string[] = [];
  while (tags.length < wanted.length) {
    const from = tags.length;
    const next = wanted.slice(from, from + ENROL_AT_ONCE);
    tags.push(...(await Promise.all(next.map((sku, n) => shopperWhoLikes(store, sku, from + n + 1)))));
  }
  return PLACES.map((place, n) => {
    const own = tags.slice(n * likes.length, (n + 1) * likes.length);
    return { ...place, stay: own.slice(0, -2), first: own.at(-2)!, second: own.at(-1)! };
  });
}

async function shopperWhoLikes(store: RunningStore, sku: string, sequence: number): Promise<string> {
  const { sid, tag } = await enrol(store);
  const loyaltyId = `L-BENCH-${sequence}`;
  const linked = await post(store, `/v1/shoppers/${sid}/loyalty`, { loyaltyId });
  const sold = await post(store, '/v1/pos/transactions', {
    ...{ store: 'store-014', till: TILL, businessDay: new Date().toISOString().slice(0, 10), sequence },
    ...{ type: 'sale', currency: 'EUR', loyaltyId, tenders: [], totalMinor: PRICE_MINOR },
    lines: [{ line: 1, sku, quantity: 1, unitMinor: PRICE_MINOR, totalMinor: PRICE_MINOR, kind: 'sale' }],
  });
  if (linked.status >= 300 || sold.status !== 201)
    throw new Error(`shopper ${sequence}: ${linked.status}, ${sold.status} ${JSON.stringify(sold.body)}`);
  return tag;
}
