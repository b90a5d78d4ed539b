import type { Action, DisplayOffer, Household, PhoneOffer } from './actions.js';
import type { Phones } from './phones.js';
import type { Rim } from './rim.js';
import type { Tills } from './tills.js';
import type { World } from './world.js';

/** What the store tells the people in the shop. Screens tell before there is anybody to see it, so it is kept. */
export function createEars() {
  const displays = new Map<string, DisplayOffer | undefined>();
  let world: World | undefined;
  let offersSeen = 0;
  return {
    offersSeen: () => offersSeen,
    offer(household: Household, offer: PhoneOffer): void {
      offersSeen += 1;
      world?.offer(household.id, offer);
    },
    display(screen: string, offer: DisplayOffer | undefined): void {
      displays.set(screen, offer);
      world?.display(screen, offer);
    },
    listenFor(people: World): void {
      world = people;
      for (const [screen, offer] of displays) people.display(screen, offer);
    },
  };
}

/** Carries out what the simulated shop does. */
export function createHands(deps: {
  readonly rim: Rim;
  readonly phones: Phones;
  readonly tills: Tills;
  readonly wallOf: (ms: number) => number;
  readonly run: (work: Promise<void>) => void;
}) {
  const sent: Record<Action['kind'], number> = {
    arrive: 0,
    leave: 0,
    sighting: 0,
    shelf: 0,
    traffic: 0,
    checkout: 0,
  };
  return {
    sent,
    act(action: Action): void {
      sent[action.kind] += 1;
      if (action.kind === 'arrive') deps.run(deps.phones.arrive(action.household));
      else if (action.kind === 'leave') deps.phones.leave(action.household);
      else if (action.kind === 'checkout') deps.run(deps.tills.checkout(action));
      else deps.rim.send(action, deps.wallOf(action.ms));
    },
  };
}

/** A failing store must not end the day: errors are counted, and one in a while is told. */
export function countErrors(io: {
  readonly monotonicMs: () => number;
  readonly write: (line: string) => void;
}) {
  let total = 0;
  let toldMs = Number.NEGATIVE_INFINITY;
  const count = (error: unknown): void => {
    total += 1;
    if (io.monotonicMs() - toldMs < 5_000) return;
    toldMs = io.monotonicMs();
    io.write(error instanceof Error ? error.message : String(error));
  };
  return { count, total: () => total, run: (work: Promise<void>) => void work.catch(count) };
}
