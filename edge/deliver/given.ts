/**
 * What each screen was ever given to show, so that a play that is told late counts as what it was: the playlist may have
 * changed since, and the store may have been restarted. Offers are not kept here: their decisions stand in the journal.
 */
import type { Slide } from '../contracts/index.js';
import type { Journal } from '../store/types.js';

export interface Given {
  /** `slides` are what the screen may show from `revision` on, and nothing else. */
  remember(screen: string, slides: readonly Slide[], revision: number): void;
  /** The item as it was when the screen held `revision`; the newest where that is not told. */
  find(screen: string, contentId: string, revision: number | undefined): GivenItem | undefined;
  close(): Promise<void>;
}

export type GivenItem = Pick<Slide, 'contentId' | 'campaign'>;

interface Item extends GivenItem {
  /** First revision that held it. */
  readonly from: number;
  /** First revision that did not; absent while it is given. */
  gone?: number;
}

export interface GivenDeps {
  readonly journal: Pick<Journal, 'mark' | 'marks'>;
  readonly clock: { nowMs(): number };
  readonly onError: (error: Error) => void;
  readonly retryMs?: number;
}

const MARK = 'deliver/given/';
/** A player keeps a week of plays; a screen may have been in a cupboard for longer. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** Of one screen; what went first is forgotten first. */
const ITEMS_MAX = 256;
const RETRY_MS = 5_000;

export function createGiven(deps: GivenDeps): Given {
  const screens = new Map<string, Item[]>();
  const keeper = createKeeper(deps, (screen) => JSON.stringify(screens.get(screen) ?? []));
  const itemsOf = (screen: string): Item[] => {
    const items = screens.get(screen) ?? recall(deps, screen);
    screens.set(screen, items);
    return items;
  };
  return {
    remember(screen, slides, revision) {
      const items = itemsOf(screen);
      const own = slides.filter(({ decisionId }) => decisionId === undefined);
      const left = items.filter(({ gone }) => gone === undefined).filter((item) => !own.some(isOf(item)));
      const come = own.filter((slide) => !items.some((item) => item.gone === undefined && isOf(item)(slide)));
      if (left.length === 0 && come.length === 0) return;
      for (const item of left) item.gone = revision;
      for (const slide of come) items.push(itemOf(slide, revision));
      screens.set(screen, withoutOld(items, deps.clock.nowMs()));
      keeper.keep(screen);
    },
    find(screen, contentId, revision = Number.MAX_SAFE_INTEGER) {
      const named = itemsOf(screen).filter((item) => item.contentId === contentId);
      return named.findLast(({ from }) => from <= revision) ?? named[0];
    },
    close: keeper.close,
  };
}

const isOf =
  (item: Item) =>
  (slide: Slide): boolean =>
    item.contentId === slide.contentId && item.campaign === slide.campaign;

function itemOf({ contentId, campaign }: Slide, from: number): Item {
  return {
    contentId,
    ...(campaign === undefined ? {} : { campaign }),
    from,
  };
}

/** Revisions count at least as fast as milliseconds, so that one of them tells when an item went. */
function withoutOld(items: readonly Item[], nowMs: number): Item[] {
  const held = items.filter(({ gone }) => gone === undefined || gone + KEPT_MS > nowMs);
  const gone = held.filter((item) => item.gone !== undefined).sort((one, other) => one.gone! - other.gone!);
  const tooMany = new Set(gone.slice(0, Math.max(0, held.length - ITEMS_MAX)));
  return held.filter((item) => !tooMany.has(item));
}

function recall({ journal, onError }: GivenDeps, screen: string): Item[] {
  try {
    return JSON.parse(journal.marks().get(MARK + screen) ?? '[]') as Item[];
  } catch (error) {
    onError(error as Error);
    return [];
  }
}

/** One write at a time for each screen; one that fails is tried again, because a play may rest on it. */
function createKeeper(deps: GivenDeps, textOf: (screen: string) => string) {
  const unkept = new Set<string>();
  let writing: Promise<void> | undefined;
  let later: NodeJS.Timeout | undefined;
  const work = async (): Promise<void> => {
    for (const screen of unkept) {
      unkept.delete(screen);
      try {
        await deps.journal.mark(MARK + screen, textOf(screen));
      } catch (error) {
        unkept.add(screen);
        deps.onError(error as Error);
        later ??= setTimeout(start, deps.retryMs ?? RETRY_MS);
        return;
      }
    }
  };
  function start(): void {
    clearTimeout(later);
    later = undefined;
    writing ??= work().finally(() => {
      writing = undefined;
      if (unkept.size > 0 && later === undefined) start();
    });
  }
  return {
    keep(screen: string): void {
      unkept.add(screen);
      if (later === undefined) start();
    },
    async close(): Promise<void> {
      clearTimeout(later);
      await writing;
      clearTimeout(later);
    },
  };
}
