import type { PosTransaction, Refusal } from '../../contracts/index.js';

/** Rows of one transaction, in file order; they need not be neighbours. */
export interface RowGroup {
  readonly key: string;
  readonly rows: readonly (readonly string[])[];
  /** Record number of each row, from 1 with the header as the first: the line in a file without line breaks in fields. */
  readonly at: readonly number[];
}

/** What the adapter cannot know from the file. */
export interface FileMeta {
  /** Id of the store that the lines are replayed into. */
  readonly store: string;
  /** Added to every time of the file. */
  readonly shiftMs: number;
  /** Business day of an instant (epoch ms), YYYY-MM-DD, in the store's time zone. */
  readonly businessDay: (ms: number) => string;
}

export type DecodedGroup =
  | { readonly ok: true; readonly transaction: PosTransaction }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * A file of till lines: pure functions from rows to native transactions. `decode` is total: bad rows give a typed
 * refusal, never an exception. Times are read as if the file's local time were UTC; only differences matter,
 * because a replay shifts them.
 */
export interface FileAdapter {
  readonly name: string;
  /** The header line, exactly; this is how a file is recognised. */
  readonly columns: readonly string[];
  /** ISO 4217 code of the money in the file. */
  readonly currency: string;
  /** What all rows of one transaction share; `undefined` when the row does not say. */
  readonly groupOf: (row: readonly string[]) => string | undefined;
  /** Epoch ms of a row before the shift; `undefined` when it cannot be read. */
  readonly timeOf: (row: readonly string[]) => number | undefined;
  readonly decode: (group: RowGroup, meta: FileMeta) => DecodedGroup;
}
