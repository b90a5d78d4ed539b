/**
 * Who may publish and subscribe where over MQTT, as one table and two pure functions. A device speaks only as
 * itself: `{self}` is its own id (or one that it was registered to speak for), never a wildcard.
 */
import { topicLevels } from '../../contracts/index.js';
import { ROLES, type Role } from '../../ports.js';

const STAFF: readonly Role[] = ['viewer', 'associate', 'store-manager', 'media-manager', 'admin'];

export interface AclRule {
  /** `{self}`: an id of the client; `{any}`: one level; `{client}`: its own percent-encoded client id. */
  readonly pattern: string;
  readonly publish: readonly Role[];
  readonly subscribe: readonly Role[];
  readonly what: string;
}

const rule = (
  pattern: string,
  may: { publish?: readonly Role[]; subscribe?: readonly Role[] },
  what: string,
): AclRule => ({ pattern, publish: may.publish ?? [], subscribe: may.subscribe ?? [], what });

/** What is not in this table is refused: `$SYS`, `$share`, `#`, and everything another device says or hears. */
export const ACL_RULES: readonly AclRule[] = [
  rule('espresense/devices/{any}/{self}', { publish: ['device'] }, 'sightings of the node itself'),
  rule('espresense/rooms/{self}/{any}', { publish: ['device'] }, 'status and telemetry of the node itself'),
  rule('espresense/rooms/{self}/{any}/set', { subscribe: ['device'] }, 'settings for the node itself'),
  rule('home/{self}/BTtoMQTT/{any}', { publish: ['device'] }, 'sightings of the gateway itself'),
  rule('{self}/events/rpc', { publish: ['device'] }, 'events of a Shelly device'),
  rule('{self}/status/{any}', { publish: ['device'] }, 'status of a Shelly device'),
  rule('{self}/rpc', { subscribe: ['device'] }, 'calls to a Shelly device'),
  rule('endcap/v1/shelf/{self}', { publish: ['device'] }, 'readings of a shelf'),
  rule('endcap/v1/traffic/{self}', { publish: ['device'] }, 'a people counter'),
  rule('endcap/v1/label/{self}/desired', { subscribe: ['device'] }, 'what a price label should show'),
  rule('endcap/v1/label/{self}/reported', { publish: ['device'] }, 'what a price label shows'),
  rule('endcap/v1/pos/{self}/transaction', { publish: ['till'] }, 'transactions of a till'),
  rule('endcap/v1/vending/{self}/state', { publish: ['device'] }, 'state of a machine'),
  rule('endcap/v1/vending/{self}/vend', { publish: ['device'] }, 'sales of a machine'),
  rule('endcap/v1/vending/{self}/command', { subscribe: ['device'] }, 'commands to a machine'),
  rule('endcap/v1/refused/{client}', { subscribe: ROLES }, 'why a message of the client was refused'),
  rule(
    'endcap/v1/decision/{any}',
    { subscribe: ['device', 'till', 'screen', ...STAFF] },
    'public decisions of a zone, also that an offer is gone; `+` and `#` are fine here',
  ),
  rule('endcap/v1/personal/{self}', { subscribe: ['shopper'] }, 'what was decided for this person alone'),
];

/** First levels that no device may have as its id, since `{self}` begins a topic in some rules. */
export const RESERVED_IDS: ReadonlySet<string> = new Set(['endcap', 'espresense', 'home', 'homeassistant']);
/** What an id may look like: one topic level, no wildcard, no percent-encoding needed. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const TOPIC_BYTES_MAX = 1_024;
const TOPIC_LEVELS_MAX = 32;

export interface AclClient {
  readonly role: Role;
  /** Ids the client speaks as; `every` only where the store runs with `auth: open`. */
  readonly ids: ReadonlySet<string> | 'every';
}

const COMPILED = ACL_RULES.map((entry) => ({ ...entry, levels: entry.pattern.split('/') }));

/** True when the client may publish to this topic name. Pure; never throws. */
export function mayPublish(client: AclClient, topic: string): boolean {
  const levels = levelsOf(topic);
  if (levels === undefined || hasWildcard(topic)) return false;
  // A loop, and none within: asked for each message, and each function made on the way would cost more than the rule.
  for (const { publish, levels: rule } of COMPILED) {
    if (rule.length === levels.length && allows(publish, client) && matches(rule, levels, client, false)) {
      return true;
    }
  }
  return false;
}

/** True when the client may subscribe to this filter. Pure; never throws. */
export function maySubscribe(client: AclClient, filter: string): boolean {
  const levels = levelsOf(filter);
  if (levels === undefined) return false;
  return COMPILED.some(
    (entry) => allows(entry.subscribe, client) && matches(entry.levels, levels, client, true),
  );
}

const ANYBODY: AclClient = { role: 'admin', ids: 'every' };
const HEARD = COMPILED.filter(({ subscribe }) => subscribe.length > 0);

/** True when some client may be allowed to subscribe to this topic name: else nobody has to be looked for. Pure. */
export function mayBeHeard(topic: string): boolean {
  const levels = levelsOf(topic);
  if (levels === undefined) return false;
  for (const { levels: rule } of HEARD) if (matches(rule, levels, ANYBODY, false)) return true;
  return false;
}

/**
 * A client id that belongs to this subject: the subject itself, or the subject, a slash and a suffix for a second
 * connection. Anything else would let one device take over the session of another.
 */
export function clientIdFits(subject: string, clientId: string): boolean {
  return clientId === subject || clientId.startsWith(`${subject}/`);
}

function allows(roles: readonly Role[], client: AclClient): boolean {
  return client.ids === 'every' ? roles.length > 0 : roles.includes(client.role);
}

function levelsOf(topic: string): readonly string[] | undefined {
  if (topic.length === 0 || Buffer.byteLength(topic) > TOPIC_BYTES_MAX) return undefined;
  if (topic.startsWith('$') || topic.includes('\u0000')) return undefined;
  const levels = topicLevels(topic);
  return levels.length > TOPIC_LEVELS_MAX ? undefined : levels;
}

const hasWildcard = (level: string): boolean => level.includes('+') || level.includes('#');

function matches(
  rule: readonly string[],
  levels: readonly string[],
  client: AclClient,
  wildcards: boolean,
): boolean {
  if (rule.length !== levels.length) return false;
  for (let at = 0; at < rule.length; at += 1) {
    const wanted = rule[at];
    const level = levels[at] ?? '';
    if (wanted === '{any}') {
      if (!fitsAny(level, at === rule.length - 1, wildcards)) return false;
    } else if (hasWildcard(level)) return false;
    else if (wanted === '{self}') {
      if (level === '' || (client.ids !== 'every' && !client.ids.has(level))) return false;
    } else if (wanted === '{client}') {
      if (!fitsClient(level, client)) return false;
    } else if (wanted !== level) return false;
  }
  return true;
}

function fitsAny(level: string, last: boolean, wildcards: boolean): boolean {
  if (level === '') return false;
  if (!hasWildcard(level)) return true;
  return wildcards && (level === '+' || (level === '#' && last));
}

function fitsClient(level: string, client: AclClient): boolean {
  if (level === '') return false;
  if (client.ids === 'every') return true;
  let clientId: string;
  try {
    clientId = decodeURIComponent(level);
  } catch {
    return false;
  }
  return [...client.ids].some((id) => clientIdFits(id, clientId));
}
