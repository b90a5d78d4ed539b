/**
 * The journal as a file: newest first, page by page out of the journal as the client takes them, so that a file of
 * any size costs no memory and never holds the event loop.
 */
import type { ServerResponse } from 'node:http';
import type { JournalledEvent, StoreEvent } from '../contracts/index.js';
import type { Role } from '../ports.js';
import { type PagesJournal, type SearchOptions, searchBackwards, toCloudEvent } from './journal-pages.js';
import { writerOf } from './patient-writer.js';
import { forPeople } from './redact.js';

export const EXPORT_EVENTS_MAX = 100_000;
/** As many as the search reads at once. */
const PAGE = 2_000;

export type ExportFormat = 'csv' | 'json';
export interface ExportOptions {
  readonly format: ExportFormat;
  readonly search: Omit<SearchOptions, 'limit'>;
  readonly eventsMax?: number;
  /** Who asked: what of an event they may read. */
  readonly role: Role;
}

const COLUMNS = ['recorded', 'happened', 'type', 'id', 'place', 'source', 'key', 'data'] as const;
const FORMULA = /^[\s]*[=+\-@|%\t\r]/;

/**
 * One cell. A spreadsheet takes what begins with `=`, `+`, `-` or `@` for a formula, whoever sent it: an apostrophe
 * before it makes it text. Plain numbers stay numbers.
 */
export function csvCell(value: string): string {
  const safe = FORMULA.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvOf(event: StoreEvent, offset: number): string {
  const { recordedtime, time, type, id, source, partitionkey, data } = event;
  return csvLine([
    ...[recordedtime, time ?? '', type, id, String(offset), source, partitionkey],
    JSON.stringify(data),
  ]);
}

/** Writes the whole file and ends the response; resolves when the client has it, or has gone. */
export async function exportJournal(
  journal: PagesJournal,
  response: ServerResponse,
  options: ExportOptions,
): Promise<void> {
  const most = options.eventsMax ?? EXPORT_EVENTS_MAX;
  const write = writerOf(response);
  const isCsv = options.format === 'csv';
  let written = 0;
  let before = options.search.before;
  // The byte order mark makes spreadsheets read UTF-8.
  await write(isCsv ? `\ufeff${csvLine(COLUMNS)}` : '{"events":[');
  for (;;) {
    const page = searchBackwards(journal, {
      ...options.search,
      limit: Math.min(PAGE, most - written),
      ...(before === undefined ? {} : { before }),
    });
    const text = page.found.map((found, index) =>
      isCsv
        ? csvOf(forPeople(found.event, options.role), found.offset)
        : jsonOf(journal, found, { first: written + index === 0, role: options.role }),
    );
    written += page.found.length;
    if (text.length > 0 && !(await write(text.join('')))) return;
    before = page.before;
    if (before === undefined || written >= most) break;
    if (response.destroyed) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const cut = before !== undefined;
  if (!isCsv) await write(`],"count":${written},"complete":${String(!cut)}}`);
  else if (cut) await write(csvLine([`cut after ${most} events: narrow the range`]));
  response.end();
}

function jsonOf(
  journal: PagesJournal,
  { event, offset, ...rest }: JournalledEvent,
  { first, role }: { first: boolean; role: Role },
): string {
  const entry = { ...toCloudEvent(journal, { ...rest, offset, event: forPeople(event, role) }), offset };
  return `${first ? '' : ',\n'}${JSON.stringify(entry)}`;
}
