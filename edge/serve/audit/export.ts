/** The audit log as a file, page by page out of it as the client takes them: no length of it is ever in memory whole. */
import type { ServerResponse } from 'node:http';
import { writerOf } from '../patient-writer.js';
import type { AuditQuery, AuditSpan } from './audit-file.js';
import type { AuditRow } from './chain.js';
import { csvHead, csvLine } from './csv.js';
import type { AuditTrail } from './trail.js';

/** As many as are read at once; in between others have their turn. */
const PAGE = 1_000;

export interface AuditExport {
  readonly format: 'json' | 'csv';
  readonly filter: Omit<AuditQuery, 'limit'>;
  /** What was there when it was asked for: the note about this very file is not in it. */
  readonly span: AuditSpan;
  readonly shown: (row: AuditRow) => Readonly<Record<string, unknown>>;
}

/** Writes the whole file, oldest first, and ends the response; resolves when the client has it, or has gone. */
export async function writeAudit(
  trail: Pick<AuditTrail, 'forward'>,
  response: ServerResponse,
  { format, filter, span, shown }: AuditExport,
): Promise<void> {
  const write = writerOf(response);
  const isCsv = format === 'csv';
  if (!(await write(isCsv ? csvHead() : '{"entries":['))) return;
  let after = span.first - 1;
  for (;;) {
    const rows = trail.forward({ ...filter, before: span.last + 1, after, limit: PAGE });
    const text = rows.map((row) => {
      if (isCsv) return csvLine(shown(row));
      return `${row.link.n === span.first ? '\n' : ',\n'}${JSON.stringify(shown(row))}`;
    });
    if (text.length > 0 && !(await write(text.join('')))) return;
    if (rows.length < PAGE) break;
    after = rows[rows.length - 1]!.link.n;
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!isCsv) await write('\n]}\n');
  response.end();
}
