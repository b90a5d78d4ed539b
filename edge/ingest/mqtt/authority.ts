import type { Client } from 'aedes';
import { REFUSALS } from '../../contracts/index.js';
import type { Auth, Principal } from '../../ports.js';

/** Roles whose token speaks for one thing only, so that the user name must be that thing. */
const BOUND_ROLES: ReadonlySet<string> = new Set(['device', 'till', 'screen', 'shopper']);
/** Only the store speaks on these; a client that tries is not what it says. */
const STORE_SPEAKS = ['endcap/v1/refused/', 'endcap/v1/decision/', 'endcap/v1/personal/'];
/** How long a token that was good is taken for good. */
const TRUST_MS = 5_000;

export interface Session {
  readonly principal: Principal;
  readonly token: string | undefined;
  checkedMs: number;
}

/** Topic on which a client hears why one of its messages was set aside. */
export function refusedTopic(clientId: string): string {
  return `endcap/v1/refused/${encodeURIComponent(clientId)}`;
}

/** What a client says about itself when it connects. */
export interface Shown {
  readonly name: string | undefined;
  readonly token: string | undefined;
  /** Who it proved to be by its certificate. */
  readonly certified: Principal | undefined;
}

export interface Authority {
  /** The session of a client that showed a certificate, or whose name and token fit; else nothing. */
  admit(client: Client, shown: Shown): Session | undefined;
  leave(client: Client): void;
  mayPublish(session: Session, topic: string): boolean;
  maySubscribe(session: Session, client: Client, filter: string): boolean;
  /** False once the token was taken back. */
  stillGood(session: Session): boolean;
}

export interface AuthorityDeps {
  readonly auth: Auth;
  readonly monotonicMs: () => number;
  /** Sessions of one subject that outlive their connection. */
  readonly lastingMax: number;
  /** Who a connection without name and token is; absent where every connection must say. */
  readonly anonymous?: Principal;
}

/** Who a connection is, and what it may say and hear. The rules of topics are those of `Auth`; here are the broker's own. */
export function createAuthority(deps: AuthorityDeps): Authority {
  /** Client id → whose it is, so that nobody takes over the session of somebody else. */
  const owners = new Map<string, { subject: string; lasting: boolean; client?: Client }>();

  const principalOf = ({ name, token, certified }: Shown): Principal | undefined => {
    // A name is not needed beside a certificate, and one that is given must be the same; its token is not read.
    if (certified !== undefined) {
      return name === undefined || name === '' || name === certified.subject ? certified : undefined;
    }
    const principal = token === undefined ? undefined : deps.auth.verify(token);
    if (principal === undefined) return deps.anonymous;
    return BOUND_ROLES.has(principal.role) && principal.subject !== name ? undefined : principal;
  };

  /** A client id that begins with the subject is the subject's own; any other belongs to whoever came first. */
  const mayBeCalled = (clientId: string, subject: string): boolean => {
    const owner = owners.get(clientId);
    return (
      owner === undefined ||
      owner.subject === subject ||
      clientId === subject ||
      clientId.startsWith(`${subject}/`)
    );
  };

  const lasting = (subject: string): number =>
    [...owners.values()].filter((owner) => owner.subject === subject && owner.lasting).length;

  return {
    admit(client, shown) {
      const principal = principalOf(shown);
      if (principal === undefined || !mayBeCalled(client.id, principal.subject)) return undefined;
      const oneMore = !client.clean && !owners.has(client.id) && deps.anonymous === undefined;
      if (oneMore && lasting(principal.subject) >= deps.lastingMax) {
        return undefined;
      }
      owners.set(client.id, { subject: principal.subject, lasting: !client.clean, client });
      // A certificate that is taken back ends its connection from below: there is no token to ask about again.
      const token = shown.certified === undefined ? shown.token : undefined;
      return { principal, token, checkedMs: deps.monotonicMs() };
    },
    leave(client) {
      const owner = owners.get(client.id);
      if (owner?.client !== client) return;
      // A lasting session outlives its connection, and so does whose it is.
      if (client.clean) owners.delete(client.id);
      else delete owner.client;
    },
    mayPublish(session, topic) {
      if (topic.startsWith('$') || STORE_SPEAKS.some((prefix) => topic.startsWith(prefix))) return false;
      return deps.auth.mayPublish(session.principal, topic);
    },
    maySubscribe(session, client, filter) {
      if (filter === refusedTopic(client.id)) return true;
      return !filter.startsWith('$') && deps.auth.maySubscribe(session.principal, filter);
    },
    stillGood(session) {
      if (session.token === undefined || deps.anonymous !== undefined) return true;
      const now = deps.monotonicMs();
      if (now - session.checkedMs < TRUST_MS) return true;
      session.checkedMs = now;
      return deps.auth.verify(session.token) !== undefined;
    },
  };
}

/** CONNACK codes of MQTT 3.1.1. */
export const CONNACK = {
  identifierRejected: 2,
  unavailable: 3,
  badCredentials: 4,
  notAuthorised: 5,
} as const;

export function connackError(returnCode: number): Error & { returnCode: number } {
  return Object.assign(new Error(REFUSALS.NotAuthenticated.title), { returnCode });
}
