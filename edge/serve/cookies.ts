/** Session cookies: one name for staff, one for the shopper, one per screen, so that one browser can be several. */
import type { Principal } from '../ports.js';
import type { Session } from './auth/tokens.js';

const STAFF = 'endcap_staff';
const SHOPPER = 'endcap_shopper';
const SCREEN = 'endcap_screen_';

export function cookieNameOf(principal: Principal): string {
  if (principal.role === 'shopper') return SHOPPER;
  if (principal.role === 'screen') return SCREEN + Buffer.from(principal.subject).toString('base64url');
  return STAFF;
}

/** No `Secure`: a store without a certificate serves its pages on its own network in the clear. */
export function sessionCookie(session: Session): string {
  const name = cookieNameOf(session.principal);
  return `${name}=${session.token}; Path=/; Max-Age=${session.maxAgeS}; HttpOnly; SameSite=Strict`;
}

export function clearCookie(name: string): string {
  return `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`;
}

/** Every session token among the cookies of a request, with its cookie name. */
export function sessionTokens(header: string | undefined): readonly { name: string; token: string }[] {
  if (header === undefined) return [];
  return header
    .split(';')
    .map((part) => part.trim().split('='))
    .filter(([name, token]) => token !== undefined && name !== undefined && isSessionName(name))
    .map(([name, token]) => ({ name: name!, token: token! }))
    .slice(0, 20);
}

function isSessionName(name: string): boolean {
  return name === STAFF || name === SHOPPER || name.startsWith(SCREEN);
}
