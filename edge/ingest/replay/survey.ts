import { adapterFor, FILE_ADAPTERS } from '../adapters-file/registry.js';
import type { FileAdapter } from '../adapters-file/types.js';
import { readRecords } from './read-groups.js';

/** What must be known of a file before its first line can be replayed. */
export interface Survey {
  readonly adapter: FileAdapter;
  readonly rows: number;
  /** Epoch ms by the file's own clock, read as UTC. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The file cannot be replayed at all; `message` says what was found and what was expected. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/**
 * Read the file once: its kind, by the header, and the span of time that the replay has to shift.
 * @throws UnreadableFile
 */
export async function surveyFile(path: string): Promise<Survey> {
  let adapter: FileAdapter | undefined;
  let rows = -1;
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  try {
    for await (const row of readRecords(path)) {
      rows += 1;
      if (adapter === undefined) {
        adapter = knownAdapter(path, row);
        continue;
      }
      const ms = adapter.timeOf(row);
      if (ms === undefined) continue;
      if (ms < firstMs) firstMs = ms;
      if (ms > lastMs) lastMs = ms;
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (adapter === undefined) throw new UnreadableFile(`${path}: the file is empty`);
  if (!Number.isFinite(lastMs)) throw new UnreadableFile(`${path}: no line has a time that can be read`);
  return { adapter, rows, firstMs, lastMs };
}

function knownAdapter(path: string, header: readonly string[]): FileAdapter {
  const adapter = adapterFor(header);
  if (adapter !== undefined) return adapter;
  const known = FILE_ADAPTERS.map((each) => `${each.name}: ${each.columns.join(',')}`).join('; ');
  const seen = header.join(',').slice(0, 200);
  throw new UnreadableFile(`${path}: unknown header "${seen}"; known are ${known}`);
}
