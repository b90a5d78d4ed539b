/** A copy of the journal that lives as long as the connection over which it was asked for. */
import type { ServerResponse } from 'node:http';
import { RefusalError } from '../contracts/index.js';

export interface LentCopy {
  readonly folder: string;
  readonly offset: number;
  remove(): Promise<void>;
}
export type LendBackup = (watch: {
  readonly signal: AbortSignal;
  readonly onProgress: (copiedBytes: number, totalBytes: number) => void;
}) => Promise<LentCopy>;

export interface BackupStreamDeps {
  readonly lend: LendBackup;
  /** May whoever asked still have it? */
  readonly isGood: () => boolean;
  /** Before the caller hears of it. */
  readonly onDone: (copy: LentCopy) => Promise<unknown>;
}

/** How often it is said how far the copy is; also the sign of life that keeps clients from giving up. */
const SAY_EVERY_MS = 500;

/** Returns at once; the connection ends when the caller ends it, or when there is no copy to be had. */
export function streamBackup(response: ServerResponse, deps: BackupStreamDeps): void {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const say = (event: string, data: object): void => {
    if (response.destroyed || response.writableEnded) return;
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  let progress = { copiedBytes: 0, totalBytes: 0 };
  say('progress', progress);
  const saying = setInterval(() => {
    if (deps.isGood()) say('progress', progress);
    else response.end();
  }, SAY_EVERY_MS);
  gone.signal.addEventListener('abort', () => clearInterval(saying));
  const onProgress = (copiedBytes: number, totalBytes: number): void => {
    progress = { copiedBytes, totalBytes };
  };
  give(deps, { signal: gone.signal, onProgress })
    .then(({ folder, offset }) => say('done', { folder, offset }))
    .catch((error: unknown) => {
      say('refused', refusalOf(error));
      response.end();
    });
}

/** The copy goes when the caller goes, also one who went while the last bytes were written. */
async function give({ lend, onDone }: BackupStreamDeps, watch: Parameters<LendBackup>[0]): Promise<LentCopy> {
  const copy = await lend(watch);
  // What cannot be removed now is removed at the next start.
  const remove = (): void => void copy.remove().catch(() => undefined);
  if (watch.signal.aborted) remove();
  else watch.signal.addEventListener('abort', remove);
  await onDone(copy);
  return copy;
}

function refusalOf(error: unknown): { reason: string; detail: string } {
  if (error instanceof RefusalError) return error.refusal;
  const { code, message } = error as { code?: string; message?: string };
  // What the system says of a full disk while files are written beside the journal.
  const full = code === 'ENOSPC' || code === 'SQLITE_FULL';
  return { reason: full ? 'DiskFull' : 'DiskFailed', detail: message ?? String(error) };
}
