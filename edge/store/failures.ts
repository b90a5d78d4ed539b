import type { Refusal, RefusalReason } from '../contracts/index.js';
import { raise, type WriterState } from './state.js';

/** Errors of the disk as values. */

/** The error, or undefined. Only errors of the disk are values; anything else is a bug and goes up. */
export function attempt(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return error;
  }
}

export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(SQLITE_|ENOSPC|EIO|EDQUOT|EROFS|EMFILE|ENFILE)/.test(code)
    ? code
    : undefined;
}

export const isFull = (error: unknown): boolean => /^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(codeOf(error) ?? '');

export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error) ?? '');

/** Say it in stats and alarms, and as a refusal. After an I/O error the connection is not trusted any more. */
export function noteFailure(state: WriterState, error: unknown): Refusal {
  const reason: RefusalReason = isFull(error) ? 'DiskFull' : 'DiskFailed';
  state.trouble = reason;
  if (reason === 'DiskFailed') state.broken = true;
  if (isDamage(error)) state.damaged = true;
  const detail = `${reason === 'DiskFull' ? 'no space left for the journal' : 'the disk did not confirm a write'} (${codeOf(error)})`;
  raise(state, reason, detail);
  return { reason, detail };
}
