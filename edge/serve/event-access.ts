/**
 * Which events a role may read, and by which way; what of one it may read is in `redact.ts`. The routes ask here, and
 * so does the suite that tries every event type, role and way.
 */
import { TOPIC_NAMES, TOPICS, type TopicName } from '../contracts/index.js';
import type { Role } from '../ports.js';
import { DATA_ROLES, MANAGER_ROLES, STAFF_ROLES } from './routes/route.js';

/** Search and one by its id; as a file; page by page by topic; live by topic. */
export const EVENT_WAYS = ['journal', 'export', 'events', 'stream'] as const;
export type EventWay = (typeof EVENT_WAYS)[number];

export const EXPORT_ROLES: readonly Role[] = STAFF_ROLES.filter((role) => role !== 'viewer');

/** Who did what is for those who answer for the store, by whatever way it is asked for. */
const FEW: Partial<Record<TopicName, readonly Role[]>> = { 'audit.entry': MANAGER_ROLES };

const BY_WAY: Readonly<Record<EventWay, (role: Role, type: TopicName) => boolean>> = {
  journal: (role) => STAFF_ROLES.includes(role),
  export: (role) => EXPORT_ROLES.includes(role),
  // What a person does in the store is for those who work with data.
  events: (role, type) =>
    DATA_ROLES.includes(role) || (TOPICS[type].direction === 'down' && STAFF_ROLES.includes(role)),
  stream: (role) => DATA_ROLES.includes(role),
};

export function mayRead(way: EventWay, role: Role, type: TopicName): boolean {
  return BY_WAY[way](role, type) && (FEW[type]?.includes(role) ?? true);
}

/** The types that a role finds in the journal; `undefined` when it is all of them. */
export function readableTypes(way: EventWay, role: Role): readonly TopicName[] | undefined {
  const types = TOPIC_NAMES.filter((type) => mayRead(way, role, type));
  return types.length === TOPIC_NAMES.length ? undefined : types;
}
