import type { KafkaPort } from '../../cloud-bridge/kafka.js';
import { createKafkajsClient } from '../../cloud-bridge/kafkajs-client.js';
import { noLink } from '../../cloud-bridge/uplink/link-gauge.js';
import { createUplink } from '../../cloud-bridge/uplink/uplink.js';
import type { LinkStatus } from '../ports.js';
import type { Foundation } from './foundation.js';

export interface Link {
  readonly status: LinkStatus;
  close(): Promise<void>;
}

/** Makes the way to HQ's brokers. */
export type HqClientOf = (options: { brokers: readonly string[]; clientId: string }) => KafkaPort;

/** Until HQ has enrolled the store. */
const FIRST_EPOCH = 1;

/** The uplink where brokers are configured; else a store that has never heard of an HQ. */
export function startLink(base: Foundation, clientOf: HqClientOf = createKafkajsClient): Link {
  const { hq, policy } = base.config;
  if (hq.brokers.length === 0) return { status: noLink(base.clock), close: async () => undefined };
  const uplink = createUplink({
    ...base,
    client: clientOf({ brokers: hq.brokers, clientId: `endcap-${policy.store.id}` }),
    storeId: policy.store.id,
    epoch: FIRST_EPOCH,
    partition: hq.partition,
    allowUnsafe: hq.allowUnsafe,
  });
  uplink.start();
  return { status: uplink, close: () => uplink.close() };
}
