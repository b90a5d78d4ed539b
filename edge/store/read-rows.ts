import { RefusalError } from '../contracts/refusals.js';
import type { TopicName } from '../contracts/topic-table.js';
import { isDamage } from './failures.js';
import type { Query, RowRange } from './read-statements.js';
import type { RawRow } from './row-access.js';
import type { Row } from './rows.js';

/** Offsets tried at once around a dead page. */
const CHUNK = 512;

/** As many small rows as two pages can hold. */
const DEAD_OFFSETS_MAX = 64;

export const beingRepaired = (): RefusalError =>
  new RefusalError({ reason: 'Busy', detail: 'a damaged segment of the journal is being repaired' });

interface Decoding {
  readonly nameOf: { (id: number): TopicName; idOf(name: TopicName): number | undefined };
  decode(raw: RawRow): Row | undefined;
  onBad(offset: number): void;
}

/**
 * A page of rows. A row that cannot be read is left out, never what comes after it: a caller that goes on from the
 * last row it got must not pass over anything that is there.
 */
export function rowsIn(query: Query, range: RowRange, how: Decoding): Row[] {
  try {
    return quickly(query, range, how);
  } catch (error) {
    if (!isDamage(error)) throw error;
    how.onBad(range.after);
    return around(query, range, how);
  }
}

function quickly(query: Query, range: RowRange, how: Decoding): Row[] {
  const rows: Row[] = [];
  let after = range.after;
  for (;;) {
    const limit = range.limit - rows.length;
    const raws = rawRows(query, { ...range, after, limit }, how);
    for (const raw of raws) {
      const row = how.decode(raw);
      if (row !== undefined) rows.push(row);
    }
    if (raws.length < limit || rows.length >= range.limit) return rows;
    after = raws.at(-1)?.offset ?? after;
  }
}

function rawRows(query: Query, range: RowRange, how: Decoding): RawRow[] {
  const { after, upTo, limit, types, fromMs = 0, inputs } = range;
  if (inputs === true) return query.inputs.all(after, upTo, fromMs, limit);
  if (types === undefined) return query.range.all(after, upTo, fromMs, limit);
  return types
    .flatMap((name) => {
      const id = how.nameOf.idOf(name);
      return id === undefined ? [] : query.typed.all(id, after, upTo, fromMs, limit);
    })
    .sort((a, b) => a.offset - b.offset)
    .slice(0, limit);
}

/**
 * Around dead pages: ranges are halved until what is dead stands alone. More than a few dead offsets mean that a page
 * above the rows is dead, whose rows the repair will find again: then the caller has to wait for it.
 */
function around(query: Query, range: RowRange, how: Decoding): Row[] {
  const { limit, types, fromMs = 0, inputs } = range;
  const wanted = ({ type, cause }: Row): boolean =>
    (types === undefined || types.includes(type)) && (inputs !== true || cause === null);
  const rows: Row[] = [];
  let dead = 0;
  const visit = (from: number, to: number): void => {
    try {
      for (const raw of query.range.all(from, to, fromMs, CHUNK)) {
        const row = how.decode(raw);
        if (row !== undefined && wanted(row)) rows.push(row);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (to - from <= 1) {
        dead += 1;
        if (dead > DEAD_OFFSETS_MAX) throw beingRepaired();
        return;
      }
      const middle = Math.floor((from + to) / 2);
      visit(from, middle);
      visit(middle, to);
    }
  };
  for (let from = range.after; from < range.upTo && rows.length < limit; from += CHUNK) {
    visit(from, Math.min(from + CHUNK, range.upTo));
  }
  return rows.slice(0, limit);
}
