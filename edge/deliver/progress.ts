/** How far a hand has carried out what was decided: a durable mark, so that a crash repeats an effect, never skips one. */
import type { JournalledEvent, TopicName } from '../contracts/index.js';
import type { Journal } from '../store/types.js';

export type ProgressJournal = Pick<Journal, 'mark' | 'marks' | 'read'>;

export interface Progress {
  /** Events of these types after the mark, in order, in pages. */
  unfinished(types: readonly TopicName[]): Generator<JournalledEvent>;
  /** Everything up to this offset is done; written a little later, together with what follows. */
  done(offset: number): void;
  /** Write what is not written yet. */
  close(): Promise<void>;
}

const PAGE_EVENTS = 500;

/** `writeMs`: how long marks are gathered; that much is repeated at most after a crash. */
export function createProgress(deps: {
  journal: ProgressJournal;
  name: string;
  writeMs: number;
  onError: (error: Error) => void;
}): Progress {
  const { journal } = deps;
  const key = `deliver/${deps.name}`;
  const start = Number(journal.marks().get(key) ?? 0);
  let reached = start;
  let written = start;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = (): void => {
    timer = undefined;
    if (reached === written) return;
    const value = reached;
    writing = writing
      .then(() => journal.mark(key, String(value)))
      .then(() => {
        written = value;
      })
      // The mark is only behind: what follows it is done once more after a restart.
      .catch(deps.onError);
  };
  const later = (): void => {
    timer ??= setTimeout(write, deps.writeMs);
  };

  return {
    *unfinished(types) {
      let after = start;
      for (;;) {
        const page = journal.read({ after, limit: PAGE_EVENTS, types });
        yield* page;
        if (page.length < PAGE_EVENTS) return;
        after = page[page.length - 1]!.offset;
      }
    },
    done(offset) {
      if (offset <= reached) return;
      reached = offset;
      later();
    },
    async close() {
      clearTimeout(timer);
      write();
      await writing;
    },
  };
}
