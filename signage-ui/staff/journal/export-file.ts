import { type ApiFailure, failureOf, type Problem } from '../../shared/api.js';
import type { JournalQuery } from '../api.js';

export type FileFormat = 'csv' | 'json';
/** Kept equal to the store's own cap; the file itself says when it was cut. */
export const EVENTS_MAX = 100_000;

export interface FileProgress {
  readonly bytes: number;
  readonly events: number;
}
export interface MadeFile extends FileProgress {
  readonly blob: Blob;
  readonly cut: boolean;
}

const NEWLINE = 10;

/** Every event stands on a line of its own; what frames them stands on one more, or shares one. */
const eventsIn = (lines: number, format: FileFormat): number =>
  Math.max(0, format === 'csv' ? lines - 1 : lines + 1);

/** Fetches the file piece by piece and tells how far it is. Throws ApiFailure, and AbortError when stopped. */
export async function fetchFile(
  query: JournalQuery,
  format: FileFormat,
  options: { signal: AbortSignal; onProgress(progress: FileProgress): void },
): Promise<MadeFile> {
  const words = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '' && name !== 'limit') words.set(name, String(value));
  }
  const response = await fetch(`/v1/journal/export?${words}`, {
    credentials: 'same-origin',
    signal: options.signal,
  });
  if (!response.ok || response.body === null) throw await refusalOf(response);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  let lines = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    bytes += value.length;
    for (const byte of value) if (byte === NEWLINE) lines += 1;
    options.onProgress({ bytes, events: eventsIn(lines, format) });
  }
  const last = new TextDecoder().decode(pieces.at(-1)?.slice(-200));
  const cut = format === 'csv' ? lines > EVENTS_MAX + 1 : last.includes('"complete":false');
  const counted = format === 'json' ? Number(/"count":(\d+)/.exec(last)?.[1]) : Number.NaN;
  const events = Number.isNaN(counted) ? eventsIn(lines, format) - (cut ? 1 : 0) : counted;
  const type = format === 'csv' ? 'text/csv' : 'application/json';
  return { blob: new Blob(pieces, { type }), bytes, events, cut };
}

async function refusalOf(response: Response): Promise<ApiFailure> {
  return failureOf(response.status, (await response.json().catch(() => ({}))) as Problem);
}

/** Hands a file to the browser's own way of saving. */
export function saveFile(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
