import type { RunningStore } from '../../support/store.js';
import { until } from '../../support/until.js';
import { type Cost, startCost } from '../process-cost.js';
import { type Decided, offeredSince } from './decisions.js';
import type { Seen } from './frames.js';
import { changesOf, clockOf, type PageClock, type Player } from './players.js';
import type { Coming, Pace, Walked } from './walk.js';
import type { Walkers } from './walkers.js';

/** Somewhat less than those who come make: fewer only where the scene does not do what it is made for. */
const CHANGES_LEAST_SHARE = 0.9;
const SEEN_WITHIN_MS = 5_000;
const OFFER = 'offer-';

type SeenOn = Seen & { readonly screen: string };

export interface Stand {
  readonly store: RunningStore;
  readonly walkers: Walkers;
  readonly players: readonly Player[];
  /** Changes of all screens together that those who come make in a second. */
  readonly changesPerSecond: number;
  /** Everybody who came, by the `seq` of each sighting. */
  readonly coming: Map<number, Coming>;
}

/** One change that a person before the screen saw: from before the sighting was sent until …, ms. */
export interface Change {
  readonly changedMs: number;
  readonly frameMs: number;
  readonly drawnMs: number;
  /** From when the store took the sighting until the frame was drawn; up to 1 ms too much. */
  readonly drawnSinceReceiptMs: number;
}

export interface Window {
  readonly changes: readonly Change[];
  /** Decided, and in five seconds on no frame of their screen. */
  readonly unseen: number;
  /** Decided on something else than somebody who came: what was up had not stood for its twenty seconds by then. */
  readonly putOff: number;
  /** Frames between two offers that showed neither. */
  readonly between: number;
  readonly perSecond: number;
  /** How far the clock of a page may be from that of the sender. */
  readonly unsureMs: number;
  readonly cost: Cost;
}

/** At this pace for so long. */
export async function walk(stand: Stand, pace: Pace): Promise<Walked> {
  const walked = await stand.walkers.walk(pace);
  for (const one of walked.coming) stand.coming.set(one.seq, one);
  return walked;
}

/** All changes of all screens in so many seconds at this pace. Throws where they are not what they are taken for. */
export async function measure(stand: Stand, pace: Pace): Promise<Window> {
  const endCost = startCost(stand.store);
  const walked = await walk(stand, pace);
  const cost = endCost();
  const wallMs = wallAheadMs();
  const made = await offeredSince(stand.store, walked.fromMs + wallMs);
  const decided = made.filter(
    ({ screen, receivedAtMs }) =>
      stand.players.some((player) => player.screen === screen) && receivedAtMs < walked.untilMs + wallMs,
  );
  const clocks: PageClock[] = [];
  // One after the other: a page that waits for its turn would make a round trip long.
  for (const player of stand.players) clocks.push(await clockOf(player));
  const seen = await seenOf(stand, clocks, decided);
  const due = decided.filter((one) => comingOf(stand, one) !== undefined);
  const changes = due.flatMap((one) => {
    const [came, change] = [comingOf(stand, one), seen.find(isOf(one))];
    return came === undefined || change === undefined ? [] : [changeOf(one, { came, change, wallMs })];
  });
  const least = Math.floor(pace.seconds * stand.changesPerSecond * CHANGES_LEAST_SHARE);
  if (changes.length < least) {
    const because = decided.find((one) => !due.includes(one))?.because;
    throw new Error(`${changes.length} changes in ${pace.seconds} s, not ${least}; one came of ${because}`);
  }
  return {
    changes,
    unseen: due.length - changes.length,
    putOff: decided.length - due.length,
    between: seen.filter(
      ({ contentId, frameMs }) =>
        !contentId.startsWith(OFFER) && frameMs > walked.fromMs && frameMs < walked.untilMs,
    ).length,
    perSecond: (walked.sent * 1_000) / (walked.untilMs - walked.fromMs),
    unsureMs: Math.max(...clocks.map(({ unsureMs }) => unsureMs)),
    cost,
  };
}

const isOf =
  ({ screen, decisionId }: Decided) =>
  (seen: SeenOn): boolean =>
    seen.screen === screen && seen.contentId === `${OFFER}${decisionId}`;

/** What the pages saw, once they saw all of it. */
async function seenOf(
  { players }: Stand,
  clocks: readonly PageClock[],
  decided: readonly Decided[],
): Promise<readonly SeenOn[]> {
  const seen: SeenOn[] = [];
  const all = async (): Promise<boolean> => {
    for (const [n, player] of players.entries()) {
      for (const one of await changesOf(player, clocks[n]!)) seen.push({ ...one, screen: player.screen });
    }
    return decided.every((one) => seen.some(isOf(one)));
  };
  // What is missing then is told as a figure.
  await until(all, { withinMs: SEEN_WITHIN_MS, everyMs: 200, what: 'every change' }).catch(() => false);
  return seen;
}

/** Who made this change by coming to this screen. */
function comingOf({ coming }: Stand, { seq, screen }: Decided): Coming | undefined {
  const came = seq === undefined ? undefined : coming.get(seq);
  return came?.screen === screen ? came : undefined;
}

function changeOf(
  { priceMinor, receivedAtMs, screen }: Decided,
  { came, change, wallMs }: { came: Coming; change: Seen; wallMs: number },
): Change {
  if (Number(change.price.replace(/\D/g, '')) !== priceMinor)
    throw new Error(`${screen} shows ${change.price} in the frame that ought to show ${priceMinor}`);
  return {
    changedMs: change.changedMs - came.sentMs,
    frameMs: change.frameMs - came.sentMs,
    drawnMs: change.drawnMs - came.sentMs,
    drawnSinceReceiptMs: change.drawnMs + wallMs - receivedAtMs,
  };
}

/** Of the wall clock before the one that all processes of this machine share; exact where a millisecond begins. */
function wallAheadMs(): number {
  const before = Date.now();
  for (;;) {
    const wallMs = Date.now();
    if (wallMs !== before) return wallMs - Number(process.hrtime.bigint()) / 1e6;
  }
}
