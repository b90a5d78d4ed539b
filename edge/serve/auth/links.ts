/** Links that log somebody in: a single-use token in the query, traded for a session cookie by the page's address. */
import type { Auth, Role } from '../../ports.js';

/** Staff claim the store within ten minutes of its start; shoppers and screens have an hour. */
const STAFF_LINK_S = 600;
const GUEST_LINK_S = 3_600;

type Issue = Pick<Auth, 'issue'>;

/** Opens the staff page logged in, once. */
export function staffLink(auth: Issue, baseUrl: string, role: Role = 'admin'): string {
  const token = auth.issue({ role, subject: 'staff' }, { expiresInS: STAFF_LINK_S, singleUse: true });
  return `${baseUrl}/?token=${token}`;
}

/** Opens the shopper page of `sid` on their own phone, once. */
export function shopperLink(auth: Issue, baseUrl: string, sid: string): string {
  const token = auth.issue({ role: 'shopper', subject: sid }, { expiresInS: GUEST_LINK_S, singleUse: true });
  return `${baseUrl}/me?token=${token}`;
}

/** Makes the browser that opens it this screen. */
export function screenLink(auth: Issue, baseUrl: string, screen: string): string {
  const token = auth.issue(
    { role: 'screen', subject: screen },
    { expiresInS: GUEST_LINK_S, singleUse: true },
  );
  return `${baseUrl}/screen/${encodeURIComponent(screen)}?token=${token}`;
}
