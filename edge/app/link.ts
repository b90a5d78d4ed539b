import { readFileSync } from 'node:fs';
import type { KafkaPort } from '../../cloud-bridge/kafka.js';
import { createKafkajsClient, type KafkajsOptions } from '../../cloud-bridge/kafkajs-client.js';
import { acknowledgedOf } from '../../cloud-bridge/uplink/acknowledged.js';
import { noLink } from '../../cloud-bridge/uplink/link-gauge.js';
import { createUplink } from '../../cloud-bridge/uplink/uplink.js';
import type { LinkNow } from '../contracts/index.js';
import type { LinkStatus } from '../ports.js';
import type { Foundation } from './foundation.js';

export interface Link {
  readonly status: LinkStatus;
  close(): Promise<void>;
}

/** Makes the way to HQ's brokers. */
export type HqClientOf = (options: KafkajsOptions) => KafkaPort;

/** Until HQ has enrolled the store. */
const FIRST_EPOCH = 1;

/** The uplink where brokers are configured, or will be once HQ has started; else a store that has never heard of an HQ. */
export function startLink(
  base: Foundation,
  options: { clientOf?: HqClientOf | undefined; starting?: Promise<readonly string[]> | undefined } = {},
): Link {
  const { clientOf = createKafkajsClient, starting } = options;
  const { brokers, tls } = base.config.hq;
  if (starting !== undefined) return linkTo(starting, base, clientOf);
  if (brokers.length > 0) {
    const ca = tls?.ca === undefined ? {} : { ca: readFileSync(tls.ca, 'utf8') };
    return openUplink(brokers, base, clientOf, tls === undefined ? {} : { tls: ca });
  }
  return { status: noLink(base.clock), close: async () => undefined };
}

/** An HQ that was started beside this store speaks no TLS: it is reached over loopback. */
function openUplink(
  brokers: readonly string[],
  base: Foundation,
  clientOf: HqClientOf,
  secured: Pick<KafkajsOptions, 'tls'> = {},
): Link {
  const { hq, policy } = base.config;
  const uplink = createUplink({
    ...base,
    client: clientOf({ brokers, clientId: `endcap-${policy.store.id}`, ...secured }),
    storeId: policy.store.id,
    epoch: FIRST_EPOCH,
    partition: hq.partition,
    allowUnsafe: hq.allowUnsafe,
  });
  uplink.start();
  return { status: uplink, close: () => uplink.close() };
}

/** HQ is being started: until then everything waits in the journal, and a start that fails is told. */
function linkTo(starting: Promise<readonly string[]>, base: Foundation, clientOf: HqClientOf): Link {
  const since = new Date(base.clock.nowMs()).toISOString();
  let uplink: Link | undefined;
  let failed: LinkFailure | undefined;
  let closed = false;
  starting.then(
    (brokers) => {
      if (!closed) uplink = openUplink(brokers, base, clientOf);
    },
    (error: Error) => {
      failed = { since: new Date(base.clock.nowMs()).toISOString(), detail: error.message };
      base.alarms.raise('HqNotStarted', `HQ could not be started beside this store: ${error.message}`);
    },
  );
  const idle = { oldestWaitingS: 0, drainPerS: 0 };
  const now = (): LinkNow => {
    if (uplink !== undefined) return uplink.status.now();
    const waiting = waitingOf(base);
    return failed === undefined
      ? { state: 'starting', since, waiting, ...idle }
      : { state: 'offline', waiting, ...idle, code: 'HqNotStarted', ...failed };
  };
  return {
    status: { now },
    async close() {
      closed = true;
      await uplink?.close();
    },
  };
}

interface LinkFailure {
  readonly since: string;
  readonly detail: string;
}

/** Records of all lanes that HQ has not confirmed. */
function waitingOf({ journal }: Foundation): number {
  const marks = journal.marks();
  return journal
    .stats()
    .lanes.reduce((sum, { lane, head }) => sum + Math.max(0, head - acknowledgedOf(marks, lane)), 0);
}
