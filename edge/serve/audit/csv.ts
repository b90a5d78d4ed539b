const COLUMNS = [
  'n',
  'at',
  'by',
  'role',
  'action',
  'target',
  'outcome',
  'reason',
  'detail',
  'id',
  'prev',
  'hash',
] as const;

/** RFC 4180 with a header line. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export const csvHead = (): string => `${COLUMNS.join(',')}\r\n`;

export function csvLine(entry: Readonly<Record<string, unknown>>): string {
  return `${COLUMNS.map((column) => cell(entry[column])).join(',')}\r\n`;
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
