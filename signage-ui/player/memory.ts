import type { SignageContent } from '../../edge/contracts/index.js';

/** The small things a screen keeps across restarts: its last good content, and how far its clock is from the store's. */
export interface PlayerMemory {
  lastContent(): SignageContent | undefined;
  keepContent(content: SignageContent): void;
  lastOffsetMs(): number;
  keepOffsetMs(offsetMs: number): void;
  /** This browser is no screen any more: nothing of the store stays. */
  forget(): void;
}

const SELF = 'endcap.screen';

function isContent(value: unknown): value is SignageContent {
  return (
    typeof value === 'object' &&
    value !== null &&
    Array.isArray((value as { slides?: unknown }).slides) &&
    typeof (value as { locale?: unknown }).locale === 'string'
  );
}

/** Storage may be full, forbidden or damaged: none of it may stop a screen, so every fault reads as "nothing kept". */
export function createPlayerMemory(storage: Storage | undefined, screen: string): PlayerMemory {
  const read = (key: string): unknown => {
    try {
      return JSON.parse(storage?.getItem(`endcap.${key}.${screen}`) ?? 'null');
    } catch {
      return undefined;
    }
  };
  const drop = (key: string): void => storage?.removeItem(`endcap.${key}.${screen}`);
  const write = (key: string, value: unknown): void => {
    try {
      storage?.setItem(`endcap.${key}.${screen}`, JSON.stringify(value));
    } catch {
      drop(key);
    }
  };
  return {
    lastContent: () => {
      const kept = read('content');
      return isContent(kept) ? kept : undefined;
    },
    keepContent: (content) => write('content', content),
    lastOffsetMs: () => {
      const kept = read('offset');
      return typeof kept === 'number' && Number.isFinite(kept) ? kept : 0;
    },
    keepOffsetMs: (offsetMs) => write('offset', offsetMs),
    forget: () => {
      drop('content');
      if (storage?.getItem(SELF) === screen) storage.removeItem(SELF);
    },
  };
}

/** Which screen this browser was paired as: a player that always opens `/screen` finds its way back. */
export function pairedScreen(storage: Storage | undefined): string | undefined {
  return storage?.getItem(SELF) ?? undefined;
}

export function keepPairedScreen(storage: Storage | undefined, screen: string): void {
  try {
    storage?.setItem(SELF, screen);
  } catch {
    // Full or forbidden: it shows a code again after a restart.
    return;
  }
}
