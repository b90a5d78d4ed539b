import type { Aedes } from 'aedes';

type Publish = (packet: { topic: string; retain?: boolean }, ...rest: unknown[]) => void;

/**
 * A message on a topic that no client may subscribe to is passed on to nobody. Sightings are such, and there are
 * thousands a second: looking for their listeners would cost aedes two look-ups and four promises each. What aedes
 * tells itself begins with `$` and goes its way.
 */
export function passOnlyWhatIsHeard(aedes: Aedes, mayBeHeard: (topic: string) => boolean): void {
  const broker = aedes as unknown as { publish: Publish };
  const publish = broker.publish.bind(aedes);
  broker.publish = (packet, ...rest) => {
    const { topic, retain } = packet;
    if (retain === true || topic.startsWith('$') || mayBeHeard(topic)) return publish(packet, ...rest);
    const done = rest.at(-1);
    if (typeof done === 'function') done(null);
  };
}
