import type { Aedes, Client } from 'aedes';

/** Topics of which each belongs to one person, whose own devices alone may subscribe to it. */
const PERSONAL = 'endcap/v1/personal/';

/**
 * Who hears a personal topic. Their clients are told straight away: nobody else can be meant, and a busy store tells
 * thousands a second. A client whose session lasts gets it by way of aedes, which keeps it until it is acknowledged.
 */
export function createHearers() {
  const hearers = new Map<string, Set<Client>>();
  const leave = (client: Client, filter: string): void => {
    const those = hearers.get(filter);
    if (those?.delete(client) && those.size === 0) hearers.delete(filter);
  };
  return {
    /** A filter was granted. */
    enter(client: Client, filter: string): void {
      if (!filter.startsWith(PERSONAL)) return;
      hearers.set(filter, (hearers.get(filter) ?? new Set()).add(client));
    },
    leave,
    /** The connection is gone. */
    leaveAll(client: Client, filters: Iterable<string>): void {
      for (const filter of filters) leave(client, filter);
    },
    /** QoS 1, not retained. Nothing is kept for who is not connected. */
    tell(aedes: Aedes, topic: string, payload: Buffer): void {
      const those = hearers.get(topic);
      if (those === undefined) return;
      const packet = { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false } as const;
      if ([...those].some(({ clean }) => !clean)) aedes.publish(packet, ignore);
      else for (const client of those) client.publish(packet, ignore);
    },
  };
}
export type Hearers = ReturnType<typeof createHearers>;

const ignore = (): void => undefined;
