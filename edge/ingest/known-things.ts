import { isType, type JournalledEvent, type StorePolicy } from '../contracts/index.js';
import type { Journal } from '../store/types.js';
import { plainDeviceId } from './mask/identities.js';
import type { MaskerDeps } from './mask/masker.js';

/** SKUs and GTINs of the catalogue, learned from the journal: what is on this list is not a card number. */
export function createProductCodes(journal: Pick<Journal, 'read' | 'onCommitted'>) {
  const codes = new Set<string>();
  const learnProducts = (products: readonly { sku: string; gtin?: string }[]): void => {
    for (const { sku, gtin } of products) {
      codes.add(sku);
      if (gtin !== undefined) codes.add(gtin);
    }
  };
  const learn = (events: readonly JournalledEvent[]): void => {
    for (const { event } of events) if (isType(event, 'hq.catalog')) learnProducts(event.data.products);
  };
  let after = 0;
  for (;;) {
    const page = journal.read({ after, limit: 500, types: ['hq.catalog'] });
    learn(page);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.offset;
  }
  const stop = journal.onCommitted(learn);
  return { has: (code: string) => codes.has(code), learn: learnProducts, stop };
}

/** The shop's own equipment by its plain id: what the configuration names, and what was registered. */
export function createOwnDevices(
  policy: () => StorePolicy | undefined,
  isRegistered: (plainId: string) => boolean,
): MaskerDeps['isOwnDevice'] {
  let seen: StorePolicy | undefined;
  let own = new Set<string>();
  return (id) => {
    const now = policy();
    if (now !== seen) {
      seen = now;
      const things = [...(now?.nodes ?? []), ...(now?.screens ?? []), ...(now?.shelves ?? [])];
      own = new Set(things.map((thing) => plainDeviceId(thing.id)));
    }
    const plain = plainDeviceId(id);
    return own.has(plain) || isRegistered(plain);
  };
}
