import type { Purpose } from '../contracts/index.js';
import type { Clock, Vault, Views } from '../ports.js';

export interface Visitors {
  /** `s:<sid>` when the tag is enrolled and its shopper agreed to location, else `a:<hash of the day>`. */
  visitorOf(tag: string): string;
  /** Who a loyalty id belongs to, where they agreed to a profile. */
  buyerOf(loyaltyId: string): string | undefined;
  /** May a sid that a till sent be kept with what was bought? */
  mayProfile(sid: string): boolean;
  /** From now on, whatever the state of the core still says: a withdrawal holds at once. */
  withdrawn(sid: string, purpose: Purpose): void;
  granted(sid: string, purpose: Purpose): void;
}

/** Consent at the rim: nobody is recognised without it, and whoever takes it back is a stranger with the next message. */
export function createVisitors(deps: {
  vault: Vault;
  views: Pick<Views, 'consented'>;
  clock: Clock;
}): Visitors {
  const takenBack = new Set<string>();
  const agreed = (sid: string, purpose: Purpose): boolean =>
    !takenBack.has(`${sid} ${purpose}`) && deps.views.consented(sid, purpose, deps.clock.nowMs());
  const mayProfile = (sid: string): boolean => deps.vault.knows(sid) && agreed(sid, 'profile');
  return {
    visitorOf(tag) {
      const sid = deps.vault.sidOfTag(tag);
      return sid !== undefined && agreed(sid, 'location') ? `s:${sid}` : deps.vault.anonymous(tag);
    },
    buyerOf(loyaltyId) {
      const sid = deps.vault.sidOfLoyalty(loyaltyId);
      return sid !== undefined && mayProfile(sid) ? sid : undefined;
    },
    mayProfile,
    withdrawn: (sid, purpose) => {
      takenBack.add(`${sid} ${purpose}`);
    },
    granted: (sid, purpose) => {
      takenBack.delete(`${sid} ${purpose}`);
    },
  };
}
