/** One browser may be logged in as several at once: as staff, as a shopper, as a screen. Who of them speaks? */
import type { Refusal } from '../contracts/index.js';
import type { Principal, Role } from '../ports.js';
import { OPEN_PRINCIPAL } from './auth/auth.js';

/** One way in which a request can speak. */
export interface Speaker {
  readonly principal: Principal;
  /** The token behind it; none where a certificate or `auth: open` says who it is. */
  readonly token?: string;
  /** Asked while a connection lasts: whoever opened it may have been shut out since. */
  readonly isGood: () => boolean;
}

/** Header by which a page says whom it is the page of: `staff`, `shopper` or `screen`. */
export const SPEAKS_AS = 'endcap-as';

const KINDS = ['staff', 'shopper', 'screen'] as const;
type Kind = (typeof KINDS)[number];

/** With `auth: open` the nameless visitor may everything, as whoever the page is for, after all who have a session. */
const isOpen = ({ principal }: Speaker): boolean => principal === OPEN_PRINCIPAL;
const kindOf = ({ role }: Principal): Kind => (role === 'shopper' || role === 'screen' ? role : 'staff');

export interface Wanted {
  readonly roles: readonly Role[];
  /** Words of the address: a shopper or screen that is named in it speaks for itself. */
  readonly named: readonly string[];
  /** What the header says. */
  readonly as: string | undefined;
}

/**
 * The one that fits. A page that says whose it is hears from that session or from none. Where nothing is said, the one
 * that the address names goes first, then staff, a shopper, a screen, in whatever order the browser sends them.
 */
export function speakerFor(speakers: readonly Speaker[], wanted: Wanted): Speaker | Refusal {
  const meant =
    wanted.as === undefined
      ? speakers
      : speakers.filter((speaker) => kindOf(speaker.principal) === wanted.as || isOpen(speaker));
  if (meant.length === 0) {
    const detail =
      wanted.as === undefined || speakers.length === 0
        ? 'no token and no session came with the request'
        : `no session as ${wanted.as.slice(0, 20)} came with the request`;
    return { reason: 'NotAuthenticated', detail };
  }
  const may = meant.filter((speaker) => wanted.roles.includes(speaker.principal.role) || isOpen(speaker));
  const [first, ...others] = may;
  if (first === undefined) {
    return { reason: 'NotAllowed', detail: `this needs one of the roles ${wanted.roles.join(', ')}` };
  }
  return others.reduce((best, next) => (rank(next, wanted) < rank(best, wanted) ? next : best), first);
}

function rank(speaker: Speaker, { named }: Wanted): number {
  if (isOpen(speaker)) return KINDS.length;
  const { principal } = speaker;
  const kind = kindOf(principal);
  return kind !== 'staff' && named.includes(principal.subject) ? -1 : KINDS.indexOf(kind);
}
