import type { Client } from 'aedes';
import type { Intake } from '../intake.js';

/** A message that is cut at its header: its sender may send it for ever, and whoever looks for why finds name and size. */
export interface Oversized {
  /** `device` is absent while CONNECT is being decided. */
  announced(client: Client, bytes: number, device: string | undefined): void;
  /** Whose it was, where one came right behind CONNECT and did not wait for the answer. */
  known(client: Client, device: string): void;
}

export function createOversized(deps: {
  readonly intake: Pick<Intake, 'oversized'>;
  readonly bytesMax: number;
  /** A stop waits until the result is called. */
  readonly begin: () => () => void;
}): Oversized {
  const early = new WeakMap<Client, number>();
  const note = (device: string, bytes: number): void => {
    const end = deps.begin();
    // A journal that takes nothing now has an alarm of its own; the next try of this sender is noted again.
    const detail = `${bytes} bytes in one MQTT packet; this store reads ${deps.bytesMax} of one and closed the connection. Leave out what is optional, or split it.`;
    deps.intake.oversized({ device, channel: 'mqtt', bytes, detail }).then(end, end);
  };
  return {
    announced(client, bytes, device) {
      if (device === undefined) early.set(client, bytes);
      else note(device, bytes);
    },
    known(client, device) {
      const bytes = early.get(client);
      if (bytes !== undefined) note(device, bytes);
    },
  };
}
