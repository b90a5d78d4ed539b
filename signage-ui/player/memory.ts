import type { SignageContent, SignageShown } from '../../edge/contracts/index.js';

/** What a screen keeps across reloads: the last good content and the plays not yet told to the store. */
export interface PlayerMemory {
  lastContent(): SignageContent | undefined;
  keepContent(content: SignageContent): void;
  plays(): readonly SignageShown[];
  keepPlays(plays: readonly SignageShown[]): void;
}

/** A store gone for days must not fill the disk of a screen: the oldest plays beyond this are given up. */
const PLAYS_MAX = 500;

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
  const write = (key: string, value: unknown): void => {
    try {
      storage?.setItem(`endcap.${key}.${screen}`, JSON.stringify(value));
    } catch {
      storage?.removeItem(`endcap.${key}.${screen}`);
    }
  };
  return {
    lastContent: () => {
      const kept = read('content');
      return isContent(kept) ? kept : undefined;
    },
    keepContent: (content) => write('content', content),
    plays: () => {
      const kept = read('plays');
      return Array.isArray(kept) ? (kept as SignageShown[]) : [];
    },
    keepPlays: (plays) => write('plays', plays.slice(-PLAYS_MAX)),
  };
}
