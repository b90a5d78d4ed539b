import { readFileSync, statfsSync } from 'node:fs';
import type { Finding } from './finding.js';

const GB = 1_000_000_000;
const DAY_S = 86_400;
const YEAR_DAYS = 365;
/** Before this a start with its recovery and first state weighs more than the day does. */
const MEASURED_S_MIN = 3_600;
/** Where the maker's figure is not in store.yaml: what a plain card or eMMC of three-level cells takes at least. */
const FULL_WRITES_ASSUMED = 1_000;
const YEARS_MIN = 5;

export interface FlashUse {
  /** What the store's process has sent to the disk since it started. */
  readonly writtenBytes: number;
  readonly upS: number;
  readonly diskBytes: number;
  /** limits.flashTerabytes of store.yaml. */
  readonly ratedTerabytes?: number;
}

/** How long the disk lasts at the rate of this store, in words. */
export function flashFinding(use: FlashUse): Finding {
  const what = 'Flash life';
  const hours = (use.upS / 3_600).toFixed(use.upS < 36_000 ? 1 : 0);
  if (use.upS < MEASURED_S_MIN)
    return {
      what,
      seen: `known once the store has run for an hour; ${gb(use.writtenBytes)} written in ${hours} h`,
    };
  const perDay = (use.writtenBytes / use.upS) * DAY_S;
  const enduranceBytes = (use.ratedTerabytes ?? 0) * 1_000 * GB || use.diskBytes * FULL_WRITES_ASSUMED;
  const years = enduranceBytes / Math.max(1, perDay) / YEAR_DAYS;
  const endurance =
    use.ratedTerabytes === undefined
      ? `a disk of ${gb(use.diskBytes)} that takes ${FULL_WRITES_ASSUMED.toLocaleString('en')} full writes (assumed; set limits.flashTerabytes)`
      : `a disk rated for ${use.ratedTerabytes} TB`;
  const seen = `${gb(perDay)} written a day, measured over ${hours} h; ${endurance} lasts ${yearsWords(years)} from new`;
  if (years >= YEARS_MIN) return { what, seen };
  return {
    what,
    seen,
    cure: `Move the data folder to a disk that is rated for ${Math.ceil((perDay * YEAR_DAYS * YEARS_MIN) / GB / 1_000)} TB or more, or set limits.flashTerabytes to what its maker says.`,
  };
}

/** What the kernel counted for this process; `undefined` where it does not say. */
export function flashUse(
  pid: number,
  { upS, folder, ratedTerabytes }: { upS: number; folder: string; ratedTerabytes: number | undefined },
): FlashUse | undefined {
  const writtenBytes = writtenBy(pid);
  if (writtenBytes === undefined) return undefined;
  const { blocks, bsize } = statfsSync(folder);
  const rated = ratedTerabytes === undefined ? {} : { ratedTerabytes };
  return { writtenBytes, upS, diskBytes: blocks * bsize, ...rated };
}

function writtenBy(pid: number): number | undefined {
  try {
    const line = /^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1];
    return line === undefined ? undefined : Number(line);
  } catch {
    // Not Linux, or another user's process: the line is left out.
    return undefined;
  }
}

const gb = (bytes: number): string => `${(bytes / GB).toFixed(bytes < GB / 10 ? 3 : 1)} GB`;
const yearsWords = (years: number): string =>
  years > 50 ? 'more than 50 years' : `${years.toFixed(1)} years`;
