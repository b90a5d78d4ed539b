import type { Facts, RefusalReason } from '../contracts/index.js';
import type { Alarms, Clock, Gate, Rejection } from '../ports.js';

const DECLARE_EVERY_MS = 60_000;
/** Senders that are counted one by one; further ones share a row, so that invented names fill neither memory nor disk. */
const SENDERS_MAX = 20;
const OTHERS = 'other-senders';
const ALARM = 'BadInputFlood';
const NAMED_IN_ALARM = 3;

/** What came beyond a sender's budget: counted, declared once a minute, and never silently gone. */
export interface Flood {
  /**
   * Counts one message. Resolves once the journal says that this sender's messages are counted from here on, with
   * the id of that record; rejects with RefusalError when the journal takes nothing now.
   */
  count(rejection: Rejection): Promise<string>;
  /** Declares what was counted since the last time; by itself once a minute. */
  declare(): Promise<void>;
  /** Declares the rest and stops. */
  close(): Promise<void>;
}

export interface FloodDeps {
  readonly gate: Pick<Gate, 'quarantine'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly alarms: Pick<Alarms, 'raise' | 'clear'>;
  readonly onCounted: (reason: RefusalReason) => void;
}

interface Episode {
  readonly sender: string;
  readonly channel: Rejection['channel'];
  readonly sinceMs: number;
  /** The record which says that counting began; awaited by every message that is counted. */
  readonly declared: Promise<string>;
  total: number;
  /** Since the last declaration. */
  fromMs: number;
  reasons: Map<RefusalReason, number>;
}

export function createFlood(deps: FloodDeps): Flood {
  const episodes = new Map<string, Episode>();

  const begin = (key: string, rejection: Rejection): Episode => {
    const nowMs = deps.clock.nowMs();
    const { channel, refusal } = rejection;
    const first = { sender: key, channel, fromMs: nowMs, reasons: new Map([[refusal.reason, 1]]) };
    const declared = deps.gate.quarantine(summary(first, nowMs));
    // Nothing was declared, so nothing may be counted: the next message begins again.
    declared.catch(() => episodes.delete(key));
    const episode: Episode = {
      ...first,
      sinceMs: nowMs,
      declared,
      total: 1,
      reasons: new Map(),
    };
    episodes.set(key, episode);
    return episode;
  };

  const declareOne = async (key: string, episode: Episode): Promise<void> => {
    const { reasons, fromMs } = episode;
    if (reasons.size === 0) {
      episodes.delete(key);
      return;
    }
    const nowMs = deps.clock.nowMs();
    episode.reasons = new Map();
    episode.fromMs = nowMs;
    try {
      await deps.gate.quarantine(summary({ ...episode, reasons, fromMs }, nowMs));
    } catch {
      // The disk is full or failing, which has an alarm of its own: the count goes into the next declaration.
      for (const [reason, count] of reasons) add(episode.reasons, reason, count);
      episode.fromMs = fromMs;
    }
  };

  const tell = (): void => {
    if (episodes.size === 0) deps.alarms.clear(ALARM);
    else {
      const most = [...episodes.values()].sort((left, right) => right.total - left.total);
      deps.alarms.raise(ALARM, alarmText(most), alarmFacts(most));
    }
  };

  const declare = async (): Promise<void> => {
    await Promise.all([...episodes].map(([key, episode]) => declareOne(key, episode)));
    tell();
  };
  const timer = setInterval(() => void declare(), DECLARE_EVERY_MS).unref();

  return {
    count(rejection) {
      const { refusal, device } = rejection;
      deps.onCounted(refusal.reason);
      const key = episodes.has(device) || episodes.size < SENDERS_MAX ? device : OTHERS;
      const known = episodes.get(key);
      if (known === undefined) {
        const begun = begin(key, rejection);
        tell();
        return begun.declared;
      }
      known.total += 1;
      add(known.reasons, refusal.reason, 1);
      return known.declared;
    },
    declare,
    async close() {
      clearInterval(timer);
      await declare();
    },
  };
}

function add(reasons: Map<RefusalReason, number>, reason: RefusalReason, count: number): void {
  reasons.set(reason, (reasons.get(reason) ?? 0) + count);
}

function summary(
  counted: Pick<Episode, 'sender' | 'channel' | 'fromMs' | 'reasons'>,
  toMs: number,
): Rejection {
  const { sender, channel, fromMs, reasons } = counted;
  const byNumber = [...reasons].sort((left, right) => right[1] - left[1]);
  const count = byNumber.reduce((sum, [, some]) => sum + some, 0);
  const from = new Date(fromMs).toISOString();
  const to = new Date(toMs).toISOString();
  const list = byNumber.map(([reason, some]) => `${reason} ${some}`).join(', ');
  return {
    refusal: {
      reason: byNumber[0]?.[0] ?? 'SchemaMismatch',
      detail: `${count} more from ${sender} were counted and not stored one by one, ${from} to ${to}: ${list}`,
    },
    channel,
    topic: '',
    device: sender,
    body: Buffer.alloc(0),
    more: { count, from, to, reasons: Object.fromEntries(byNumber) },
  };
}

function alarmFacts(most: readonly Episode[]): Facts {
  const named = most.slice(0, NAMED_IN_ALARM).map(({ sender, total }) => `${sender} (${total})`);
  return { senders: named.join(', '), more: Math.max(0, most.length - NAMED_IN_ALARM) };
}

/** The loudest first. */
function alarmText(most: readonly Episode[]): string {
  const named = most
    .slice(0, NAMED_IN_ALARM)
    .map(({ sender, total, sinceMs }) => `${sender} (${total} since ${new Date(sinceMs).toISOString()})`);
  const rest = most.length > NAMED_IN_ALARM ? ` and ${most.length - NAMED_IN_ALARM} more` : '';
  return `Sends more that cannot be understood than is stored, so it is only counted: ${named.join(', ')}${rest}. Repair the device, or take its token back.`;
}
