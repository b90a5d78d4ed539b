import type { AuditAction } from '../../contracts/index.js';

/** Who is asked why: anybody may say it, whoever is logged in must, every one of the staff must, or there is nothing to say. */
export type Why = 'may' | 'person' | 'staff' | 'none';

/** What a call leaves in the audit log when one of the staff makes it, or why nobody has to answer for it there. */
export type Answerable =
  | {
      readonly notes: readonly AuditAction[];
      /** `may` when absent. */
      readonly why?: Why;
    }
  | { readonly exempt: string };

/** What shoppers do with what is theirs. */
export const OWN: Answerable = { exempt: 'the shopper acts for themselves, and sees it on their own page' };
