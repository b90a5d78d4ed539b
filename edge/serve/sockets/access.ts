/** Who may join which namespace, in one table that the sockets ask and the published page prints. */
import type { NAMESPACES } from '../../contracts/index.js';
import type { Role } from '../../ports.js';
import { ACCOUNT_ROLES } from '../auth/staff-roles.js';
import type { SocketEventRow } from './shapes.js';

type Name = keyof typeof NAMESPACES;

interface NamespaceAccess {
  /** Whom the namespace is for. */
  readonly join: readonly Role[];
  /** Who may look on without counting. */
  readonly watch: readonly Role[];
}

export const NAMESPACE_ACCESS: Readonly<Record<Name, NamespaceAccess>> = {
  signage: { join: ['screen'], watch: ACCOUNT_ROLES },
  staff: { join: ACCOUNT_ROLES, watch: [] },
  shopper: { join: ['shopper'], watch: [] },
};

/** Events that are for the screen itself and not for who looks on; all others are for everybody who is in. */
const OF_SOME_ONLY: Readonly<Record<string, readonly Role[]>> = {
  'signage.shown': ['screen'],
  'signage.unpaired': ['screen'],
};

export const mayJoin = (namespace: Name, role: Role): boolean =>
  NAMESPACE_ACCESS[namespace].join.includes(role);
export const mayWatch = (namespace: Name, role: Role): boolean =>
  NAMESPACE_ACCESS[namespace].watch.includes(role);

/** Who hears this event of the store, or whose event of a page counts. */
export function rolesOfEvent({
  namespace,
  event,
}: Pick<SocketEventRow, 'namespace' | 'event'>): readonly Role[] {
  const { join, watch } = NAMESPACE_ACCESS[namespace];
  return OF_SOME_ONLY[`${namespace}.${event}`] ?? [...join, ...watch];
}
