import type { AgeBand, ShopperErased, ShopperView } from '../../edge/contracts/index.js';

/** What the phone keeps, so that a coupon in hand works without network. Any fault of the storage reads as "nothing kept". */
export interface ShopperCache {
  view(): ShopperView | undefined;
  keepView(view: ShopperView | undefined): void;
  language(): string | undefined;
  keepLanguage(code: string): void;
  ageBand(): AgeBand | undefined;
  keepAgeBand(band: AgeBand): void;
  erased(): ShopperErased | undefined;
  keepErased(erased: ShopperErased | undefined): void;
  /** All but the language. */
  clear(): void;
  /** When this phone first held the coupon: the start of its time bar. */
  firstSeenMs(couponId: string, nowMs: number): number;
}

const AGES: readonly string[] = ['under16', '16-17', '18+', 'unknown'];
const COUPONS_MAX = 200;

export function createShopperCache(storage: Storage | undefined): ShopperCache {
  const read = (key: string): unknown => {
    try {
      return JSON.parse(storage?.getItem(`endcap.me.${key}`) ?? 'null');
    } catch {
      return null;
    }
  };
  const write = (key: string, value: unknown): void => {
    try {
      if (value === undefined) storage?.removeItem(`endcap.me.${key}`);
      else storage?.setItem(`endcap.me.${key}`, JSON.stringify(value));
    } catch {
      // A full or forbidden storage only means that nothing is kept; the page goes on.
      return;
    }
  };
  return {
    view: () => {
      const kept = read('view') as ShopperView | null;
      if (kept === null || typeof kept !== 'object' || !Array.isArray(kept.coupons)) return undefined;
      // Kept by an earlier version of this page.
      return {
        ...kept,
        receipts: kept.receipts ?? [],
        past: kept.past ?? [],
        hints: [],
        askAgain: kept.askAgain ?? [],
      };
    },
    keepView: (view) => write('view', view),
    language: () => {
      const kept = read('language');
      return typeof kept === 'string' ? kept : undefined;
    },
    keepLanguage: (code) => write('language', code),
    ageBand: () => {
      const kept = read('age');
      return typeof kept === 'string' && AGES.includes(kept) ? (kept as AgeBand) : undefined;
    },
    keepAgeBand: (band) => write('age', band),
    erased: () => {
      const kept = read('erased') as ShopperErased | null;
      return typeof kept?.receiptId === 'string' && typeof kept.at === 'string' ? kept : undefined;
    },
    keepErased: (erased) => write('erased', erased),
    clear: () => {
      for (const key of ['view', 'age', 'seen', 'erased']) write(key, undefined);
    },
    firstSeenMs: (couponId, nowMs) => {
      const kept = new Map(Object.entries((read('seen') ?? {}) as Record<string, number>));
      const seen = kept.get(couponId);
      if (typeof seen === 'number') return seen;
      kept.set(couponId, nowMs);
      write('seen', Object.fromEntries([...kept].slice(-COUPONS_MAX)));
      return nowMs;
    },
  };
}
