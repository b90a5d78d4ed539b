import { RefusalError } from '../../contracts/index.js';
import type { Audit, AuditNote } from '../../ports.js';

/**
 * The entry first, then the deed. Accounts, tokens and devices are not events, so that the two cannot be one append: a
 * crash between them leaves an entry without its deed, and never a deed that nobody answers for. Whoever calls this
 * has looked before whether the deed may be done; a deed that is refused or fails all the same gets a second entry.
 */
export async function noted<T extends object | boolean>(
  audit: Pick<Audit, 'note'>,
  entry: Omit<AuditNote, 'outcome'>,
  deed: () => T | Promise<T>,
): Promise<T> {
  await audit.note({ ...entry, outcome: 'done' });
  const failed = (detail: string): Promise<void> => audit.note({ ...entry, outcome: 'failed', detail });
  let answer: T;
  try {
    answer = await deed();
  } catch (error) {
    await failed(error instanceof RefusalError ? error.refusal.reason : (error as Error).message);
    throw error;
  }
  if (answer === false) await failed('there was nothing to do any more');
  else if (typeof answer === 'object' && 'reason' in answer) await failed(String(answer.reason));
  return answer;
}
