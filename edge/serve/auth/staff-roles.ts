import type { Role } from '../../ports.js';

/** Roles of people who work in the store or for it; only these have accounts. */
export const ACCOUNT_ROLES = ['viewer', 'associate', 'store-manager', 'media-manager', 'admin'] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

export const isStaff = (role: Role): role is AccountRole => (ACCOUNT_ROLES as readonly Role[]).includes(role);
