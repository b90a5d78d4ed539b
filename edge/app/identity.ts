import { listenersOf } from '../config/load.js';
import { type AuditTrail, openAuditTrail } from '../serve/audit/trail.js';
import { type Accounts, createAccounts } from '../serve/auth/accounts.js';
import { createAuth, type StoreAuth } from '../serve/auth/auth.js';
import { type Claims, createClaims } from '../serve/auth/claim.js';
import { createPasswords } from '../serve/auth/passwords.js';
import type { Foundation } from './foundation.js';

/** Who may come in, and the book of what they did. */
export interface Identity {
  readonly auth: StoreAuth;
  readonly trail: AuditTrail;
  readonly accounts: Accounts;
  readonly claims: Claims;
}

/** Throws where `auth: open` is asked for on a listener that others can reach. */
export async function startIdentity(base: Foundation): Promise<Identity> {
  const trail = await openAuditTrail({ ...base, folder: base.folder.keys });
  const auth = createAuth({
    ...base,
    folder: base.folder.keys,
    mode: base.config.auth,
    listeners: listenersOf(base.config),
  });
  const accounts = createAccounts({ ...base, auth, passwords: createPasswords() });
  return { auth, trail, accounts, claims: createClaims({ ...base, accounts }) };
}
