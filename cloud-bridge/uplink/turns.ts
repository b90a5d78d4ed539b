import type { Lane } from '../../edge/contracts/index.js';
import type { Clock } from '../../edge/ports.js';
import type { Journal } from '../../edge/store/types.js';
import type { KafkaFailure } from '../kafka.js';
import { createFairShare } from './fair-share.js';
import type { LaneSender } from './lane-sender.js';
import { recordedAt } from './raw-record.js';

/** Which lane sends next, and how much waits in all of them together. */
export interface Turns {
  /** The lane that is to send a batch now, if any. */
  take(): LaneSender | undefined;
  charge(lane: Lane, bytes: number): void;
  /** Soonest end of a lane's rest, on the monotonic clock; 0 when none rests. */
  restsUntilMs(): number;
  waiting(): number;
  /** Receipt of the oldest event that HQ does not have, epoch ms. */
  oldestMs(): number | undefined;
  failure(): KafkaFailure | undefined;
  saved(): Promise<void>;
}

/**
 * P0 sends whenever it has something. Of the others one at a time sends, and none while P0 has more to send: what is
 * urgent waits behind one batch at most. A lane that rests after an error does not hold up the others.
 */
export function createTurns(deps: {
  senders: readonly LaneSender[];
  journal: Pick<Journal, 'stats' | 'readLane'>;
  clock: Clock;
}): Turns {
  const { senders, journal, clock } = deps;
  const urgent = senders.find((sender) => sender.lane === 'P0');
  const others = senders.filter((sender) => sender !== urgent);
  const share = createFairShare(others.map((sender) => sender.lane));

  const heads = () => new Map(journal.stats().lanes.map(({ lane, head }) => [lane, head]));
  const rested = (sender: LaneSender) => clock.monotonicMs() >= sender.restsUntilMs();

  return {
    take() {
      const head = heads();
      const wants = (sender: LaneSender) =>
        rested(sender) && (head.get(sender.lane) ?? 0) > sender.sentUpTo();
      if (urgent !== undefined && wants(urgent)) return urgent.busy() ? undefined : urgent;
      if (others.some((sender) => sender.busy())) return undefined;
      const lane = share.next(others.filter(wants).map((sender) => sender.lane));
      return others.find((sender) => sender.lane === lane);
    },
    charge: (lane, bytes) => share.charge(lane, bytes),
    restsUntilMs: () => {
      const rests = senders.map((sender) => sender.restsUntilMs()).filter((at) => at > clock.monotonicMs());
      return rests.length === 0 ? 0 : Math.min(...rests);
    },
    waiting() {
      const head = heads();
      return senders.reduce(
        (sum, sender) => sum + Math.max(0, (head.get(sender.lane) ?? 0) - sender.acknowledged()),
        0,
      );
    },
    oldestMs() {
      const head = heads();
      const times = senders
        .filter((sender) => sender.acknowledged() < (head.get(sender.lane) ?? 0))
        .flatMap((sender) => journal.readLane(sender.lane, sender.acknowledged(), 1, 1))
        .map(recordedAt)
        .filter((at) => at !== undefined);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    failure: () => senders.find((sender) => sender.failure() !== undefined)?.failure(),
    async saved() {
      await Promise.all(senders.map((sender) => sender.saved()));
    },
  };
}
