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

/** Events of a page that count from some only; all others count from everybody who is in. */
const COUNTS_FROM: Readonly<Record<string, readonly Role[]>> = { 'signage.shown': ['screen'] };

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
  return COUNTS_FROM[`${namespace}.${event}`] ?? [...join, ...watch];
}
