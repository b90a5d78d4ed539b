/**
 * Opaque positions in the journal. Besides the offset a cursor carries a check of the event that stands there, so
 * that one from before a restored backup is refused instead of silently skipping what came after.
 */
import { createHash } from 'node:crypto';
import { type Refusal, RefusalError } from '../contracts/index.js';
import type { Journal } from '../store/types.js';

export type CursorJournal = Pick<Journal, 'readOffset' | 'stats'>;

const checkOf = (id: string): string => createHash('sha256').update(id).digest('base64url').slice(0, 6);

/** Position just after this event. */
export function cursorAfter(offset: number, eventId: string): string {
  return Buffer.from(`${offset}.${checkOf(eventId)}`).toString('base64url');
}

/** Position just after this offset, whatever stands there (nothing may: retention, or the very beginning). */
export function cursorAt(journal: CursorJournal, offset: number): string {
  const event = offset === 0 ? undefined : journal.readOffset(offset);
  return event === undefined
    ? Buffer.from(`${offset}.`).toString('base64url')
    : cursorAfter(offset, event.event.id);
}

/**
 * Offset after which to read on; `field` is where the cursor stood. Throws SchemaMismatch for what is no cursor,
 * CursorGone for one of another past.
 */
export function offsetOf(journal: CursorJournal, cursor: string, field = '/after'): number {
  const match = /^(\d{1,15})\.([A-Za-z0-9_-]{6})?$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null) throw refuse('SchemaMismatch', 'this is not a cursor of this store', field);
  const offset = Number(match[1]);
  if (offset === 0) return 0;
  if (offset > journal.stats().lastOffset) {
    throw refuse('CursorGone', 'the cursor is ahead of the journal, which was restored since', field);
  }
  const held = match[2] === undefined ? undefined : journal.readOffset(offset);
  if (held !== undefined && checkOf(held.event.id) !== match[2]) {
    throw refuse('CursorGone', 'another event stands there since the journal was restored', field);
  }
  return offset;
}

function refuse(reason: Refusal['reason'], detail: string, field: string): RefusalError {
  return new RefusalError({ reason, detail, field });
}
