import { type AuditDetail, RefusalError, type RefusalReason } from '../../contracts/index.js';
import type { Audit, AuditNote } from '../../ports.js';
import { isStaff } from '../auth/staff-roles.js';

/**
 * The entry first, then the deed. Accounts, tokens and devices are not events, so that the two cannot be one append: a
 * crash between them leaves an entry without its deed, and never a deed that nobody answers for. Whoever calls this
 * has looked before whether the deed may be done; a deed that is refused or fails all the same gets a second entry.
 */
export async function noted<T extends object | boolean | undefined>(
  audit: Pick<Audit, 'note'>,
  entry: Omit<AuditNote, 'outcome'>,
  deed: () => T | Promise<T>,
): Promise<T> {
  await audit.note({ ...entry, outcome: 'done' });
  const failed = (detail: AuditDetail): Promise<void> => audit.note({ ...entry, outcome: 'failed', detail });
  let answer: T;
  try {
    answer = await deed();
  } catch (error) {
    await failed(
      error instanceof RefusalError ? error.refusal.reason : `Because ${(error as Error).message}`,
    );
    throw error;
  }
  if (answer === false) await failed('NothingLeft');
  else if (typeof answer === 'object' && 'reason' in answer) await failed(answer.reason as RefusalReason);
  return answer;
}

/** What a shopper, a till or a device does as itself is no deed of staff: it has no entry. */
export const atDesk = <T extends object | boolean | undefined>(
  audit: Pick<Audit, 'note'>,
  entry: Omit<AuditNote, 'outcome'>,
  deed: () => Promise<T>,
): Promise<T> => (isStaff(entry.by.role) ? noted(audit, entry, deed) : deed());
