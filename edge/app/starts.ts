import type { StartNow } from '../contracts/index.js';
import type { Foundation } from './foundation.js';

const MARK = 'app/starts';
const KEPT = 20;

interface Start {
  readonly atMs: number;
  readonly version: string;
  readonly before?: 'stopped' | 'cut off';
}
interface Known {
  readonly starts: readonly Start[];
  /** False while the store runs, so that it is still false after a kill or a power cut. */
  readonly stopped: boolean;
}

export interface Starts {
  /** Newest first. */
  list(): readonly StartNow[];
  /** The store was asked to stop: the next start will know. */
  close(): Promise<void>;
}

/** Remembers when the store was started, and how it ended before that. */
export async function noteStart(
  base: Pick<Foundation, 'journal' | 'clock'>,
  version: string,
): Promise<Starts> {
  const text = base.journal.marks().get(MARK);
  const known: Known = text === undefined ? { starts: [], stopped: true } : JSON.parse(text);
  const before =
    known.starts.length === 0 ? {} : ({ before: known.stopped ? 'stopped' : 'cut off' } as const);
  const starts = [{ atMs: base.clock.nowMs(), version, ...before }, ...known.starts].slice(0, KEPT);
  const write = (stopped: boolean) => base.journal.mark(MARK, JSON.stringify({ starts, stopped }));
  await write(false).catch(() => undefined);
  return {
    list: () => starts.map(({ atMs, ...start }) => ({ at: new Date(atMs).toISOString(), ...start })),
    // A disk that takes nothing more is said elsewhere; stopping goes on.
    close: () => write(true).catch(() => undefined),
  };
}
