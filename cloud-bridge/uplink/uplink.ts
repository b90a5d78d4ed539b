import { LANES, type Lane } from '../../edge/contracts/index.js';
import type { Clock, LinkStatus } from '../../edge/ports.js';
import type { Journal } from '../../edge/store/types.js';
import type { KafkaPort } from '../kafka.js';
import { createIdentityKeeper, type Identity } from './identity.js';
import { createLaneSender, type LaneSender, type UplinkLog } from './lane-sender.js';
import { createLinkGauge } from './link-gauge.js';
import { createProbe, type Probe } from './probe.js';
import { createTurns, type Turns } from './turns.js';

export type { UplinkLog } from './lane-sender.js';

/** Gaps that the journal declares by itself are looked for this often; everything else is told. */
const LOOK_EVERY_MS = 2_000;
/** How long `close` waits for batches in flight. */
const GRACE_MS = 2_000;

export interface UplinkDeps {
  readonly journal: Pick<
    Journal,
    'jid' | 'readLane' | 'mark' | 'marks' | 'sent' | 'bury' | 'onCommitted' | 'stats'
  >;
  /** Owned by the uplink from here on: `close` closes it. */
  readonly client: KafkaPort;
  readonly storeId: string;
  /** As HQ gave it at enrolment; 1 until then. */
  readonly epoch: number;
  /** As HQ gave it at enrolment; from the configuration until then. */
  readonly partition: number;
  readonly clock: Clock;
  readonly log: UplinkLog;
  /** Classes that travel; all four when absent. */
  readonly lanes?: readonly Lane[];
  /** Send also when HQ's topics are set up so that records may be lost there. */
  readonly allowUnsafe?: boolean;
  readonly random?: () => number;
  /** Calls `work` once after `ms`, unless the answer is called before; the event loop's timer when absent. */
  readonly after?: (ms: number, work: () => void) => () => void;
}

/** Mirrors the journal's lanes to HQ, for ever trying, never in anybody's way. */
export interface Uplink extends LinkStatus {
  start(): void;
  /** Lets the batch in flight end if it does so within 2 s, saves the positions and closes the client. */
  close(): Promise<void>;
}

export function createUplink(deps: UplinkDeps): Uplink {
  const { journal, client, clock, log } = deps;
  const { turns, probe } = partsOf(deps);
  const identity = createIdentityKeeper({ journal, epoch: deps.epoch });
  const gauge = createLinkGauge(clock);
  const inFlight = new Set<Promise<void>>();
  let running = false;
  const after = deps.after ?? afterOnEventLoop;
  let cancelWake: () => void = () => undefined;
  let stopListening: () => void = () => undefined;

  /** Instant at which a pause after a failure ends, on the monotonic clock. */
  const nextRest = (): number => {
    const nowMs = clock.monotonicMs();
    return Math.min(...[turns.restsUntilMs(), probe.retryAtMs()].filter((at) => at > nowMs));
  };

  const track = (work: Promise<void>) => {
    const tracked = work.catch((error: unknown) =>
      log.warn({ error: String(error) }, 'the uplink goes on after an error'),
    );
    inFlight.add(tracked);
    void tracked.then(() => {
      inFlight.delete(tracked);
      pump();
    });
  };

  const send = async (sender: LaneSender, speaker: Identity) => {
    const { records, bytes } = await sender.sendNext(speaker);
    if (records === 0) return;
    turns.charge(sender.lane, bytes);
    gauge.drained(records);
    probe.heard();
  };

  const pump = () => {
    if (!running) return;
    const speaker = identity.now();
    if (speaker === undefined) {
      if (probe.mayTry()) track(probe.attempt(() => identity.settle()));
    } else if (probe.isDue()) {
      track(probe.attempt(() => probe.ask()));
    } else if (probe.reached()) {
      for (let next = turns.take(); next !== undefined; next = turns.take()) track(send(next, speaker));
    }
    schedule();
  };

  /** Commits and finished batches call `pump` at once; the timer is for rests, probes and gaps. */
  const schedule = () => {
    cancelWake();
    const nowMs = clock.monotonicMs();
    const pauseMs = Math.min(nowMs + LOOK_EVERY_MS, nextRest()) - nowMs;
    cancelWake = after(Math.max(1, Math.ceil(pauseMs)), pump);
  };

  return {
    start() {
      running = true;
      stopListening = journal.onCommitted(() => pump());
      pump();
    },
    now: () =>
      gauge.read({
        waiting: turns.waiting(),
        oldestMs: turns.oldestMs(),
        failure: probe.failure() ?? turns.failure(),
        reached: probe.reached(),
        retryAtMs: nextRest(),
      }),
    async close() {
      running = false;
      cancelWake();
      stopListening();
      // A batch that HQ does not answer is sent again after the next start; nobody waits for it to time out.
      await Promise.race([Promise.all(inFlight), new Promise<void>((done) => void after(GRACE_MS, done))]);
      await turns.saved();
      await client.close();
    },
  };
}

function partsOf(deps: UplinkDeps): { turns: Turns; probe: Probe } {
  const { journal, client, clock, log, partition } = deps;
  const random = deps.random ?? Math.random;
  const lanes = deps.lanes ?? LANES;
  const senders = lanes.map((lane) =>
    createLaneSender({ lane, journal, client, clock, log, random, partition, store: deps.storeId }),
  );
  const allowUnsafe = deps.allowUnsafe === true;
  return {
    turns: createTurns({ senders, journal, clock }),
    probe: createProbe({ client, lanes, partition, allowUnsafe, clock, log, random }),
  };
}

function afterOnEventLoop(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
}
