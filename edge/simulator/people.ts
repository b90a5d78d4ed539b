import type { Household } from './actions.js';
import { type Agent, beside, newAgent, pathBetween, type Stop, stayMs } from './agent.js';
import { ASSUMED } from './assumptions.js';
import { distanceOf } from './radio.js';
import type { Random } from './random.js';
import type { Placed, Point, Scene } from './scene.js';
import { choose, type Shopping, type Want } from './shopping.js';

/** How long the first shoppers wait at the shelf for their offer before they go on. */
const OFFER_PATIENCE_MS = 20_000;
const FIRST_SHOPPERS = 3;

export interface PeopleOptions {
  readonly scene: Scene;
  readonly shopping: Shopping;
  readonly random: Random;
  /** Makes tags and loyalty ids of this run unlike those of others. */
  readonly runId: string;
  readonly couponUse: number;
}

/** Makes people and decides where they will go. */
export function createPeople(options: PeopleOptions) {
  const { scene, shopping, random, runId } = options;
  const corridorY = corridorOf(scene);
  const households = householdsOf(options);
  let born = 0;
  const make = (at: Point, household: Household | undefined, tag: string | undefined): Agent => {
    born += 1;
    return newAgent(random.fork(`agent ${born}`), { id: `agent-${born}`, at, household, tag });
  };

  /** Waits at the shelf of the favourite drink, from just outside its zone. */
  const firstShopper = ({ household, shelf, till }: Errand, index: number): Agent => {
    const start: Point = [shelf.at[0] - 1.5 - index, corridorY + 1.2];
    const agent = make(start, household, household.tag);
    const place = beside(agent.random, shelf.at);
    agent.stops.push(
      { at: place, stayMs: OFFER_PATIENCE_MS, awaitsOffer: true },
      { at: till.at, stayMs: 0, till: till.id },
    );
    agent.path = [place];
    return agent;
  };

  const visitor = (absent: readonly Household[]): Agent => {
    const own = random.fork(`arrival ${born}`);
    const silent = own.chance(ASSUMED.silentShare);
    const enrolled = !silent && own.chance(ASSUMED.enrolledShare);
    const household = enrolled ? absent[Math.floor(own.next() * absent.length)] : undefined;
    const tag = silent ? undefined : (household?.tag ?? tagOf(`${runId}-heard`, born + 1));
    const agent = make(scene.door, household, tag);
    const wants = [...shopping.list(agent.random, household), ...favouritesWanted(agent, options)];
    agent.stops.push(...stopsFor(agent, wants, scene), tillStop(agent.random, scene));
    agent.path = pathBetween(agent.at, agent.stops[0]?.at ?? scene.door, corridorY);
    return agent;
  };

  return {
    households,
    corridorY,
    firstHouseholds: (): readonly Household[] =>
      shortErrands(households, scene)
        .slice(0, FIRST_SHOPPERS)
        .map(({ household }) => household),

    /** Comes in at the door. `absent` are the enrolled ones who are not in the shop. */
    visitor,

    /** Is in the shop already, on the way to their first stop. */
    inside(absent: readonly Household[]): Agent {
      const agent = visitor(absent);
      const first = agent.stops[0];
      if (first !== undefined) agent.at = [first.at[0], first.at[1] + agent.random.next()];
      agent.path = first === undefined ? [] : [first.at];
      return agent;
    },

    /**
     * Those who are about to enter the zone with the favourite drinks when the day begins, so that a first offer
     * is made, and taken, within half a minute. Three, since one in ten is in the comparison group.
     */
    firstShoppers: (): readonly Agent[] =>
      shortErrands(households, scene).slice(0, FIRST_SHOPPERS).map(firstShopper),

    /** Somebody who needs all there is of one product: it sells out. */
    partyBuyer(sku: string): Agent {
      const agent = make(scene.door, undefined, undefined);
      agent.stops.push(...stopsFor(agent, [{ sku, pieces: 1_000 }], scene), tillStop(agent.random, scene));
      agent.path = pathBetween(agent.at, agent.stops[0]?.at ?? scene.door, corridorY);
      return agent;
    },
  };
}
export type People = ReturnType<typeof createPeople>;

interface Errand {
  readonly household: Household;
  readonly shelf: Placed;
  readonly till: Placed;
}

/** Households with their favourite drink and the till next to it, the shortest way first. */
function shortErrands(households: readonly Household[], scene: Scene): readonly Errand[] {
  const errands = households.flatMap((household): Errand[] => {
    const shelf = scene.shelfOf.get(household.favourites['drinks'] ?? '');
    if (shelf === undefined) return [];
    const metres = (till: Placed) => distanceOf(till.at, shelf.at);
    const till = [...scene.tills].sort((a, b) => metres(a) - metres(b))[0];
    return till === undefined ? [] : [{ household, shelf, till }];
  });
  const metres = ({ shelf, till }: Errand) => distanceOf(shelf.at, till.at);
  return errands.sort((a, b) => metres(a) - metres(b));
}

function householdsOf({ shopping, random, runId }: PeopleOptions): readonly Household[] {
  return Array.from({ length: ASSUMED.households }, (_, index) => {
    const number = index + 1;
    return {
      id: `household-${number}`,
      tag: tagOf(`${runId}-enrolled`, number),
      loyaltyId: `SIM-${runId}-${String(number).padStart(3, '0')}`,
      favourites: shopping.favouritesOf(random.fork(`household ${number}`)),
    };
  });
}

function tillStop(random: Random, scene: Scene): Stop {
  const till = scene.tills[Math.floor(random.next() * scene.tills.length)] as Placed;
  return { at: till.at, stayMs: 0, till: till.id };
}

function favouritesWanted(agent: Agent, options: PeopleOptions): readonly Want[] {
  const { household, random } = agent;
  if (household === undefined) return [];
  return Object.values(household.favourites)
    .filter((sku) => choose(random, { household, sku, offered: false, couponUse: options.couponUse }))
    .map((sku) => ({ sku, pieces: 1 }));
}

/** One stop a product, in the order in which one walks through the shop, from left to right. */
export function stopsFor(agent: Agent, wants: readonly Want[], scene: Scene): readonly Stop[] {
  return wants
    .flatMap((want): (Stop & { along: number })[] => {
      const shelf = scene.shelfOf.get(want.sku);
      if (shelf === undefined) return [];
      const at = beside(agent.random, shelf.at);
      return [{ at, take: want, stayMs: stayMs(agent.random), along: shelf.at[0] }];
    })
    .sort((a, b) => a.along - b.along);
}

/** Just above the line between aisles and tills. */
function corridorOf(scene: Scene): number {
  const checkout = scene.zones.find((zone) => zone.id === scene.tills[0]?.zone);
  return checkout ? Math.min(...checkout.corners.map(([, y]) => y)) - 0.7 : scene.door[1];
}

function tagOf(kind: string, number: number): string {
  const hex = Buffer.from(kind).toString('hex').padEnd(32, '0').slice(-32);
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `iBeacon:${uuid.join('-')}-${Math.floor(number / 65_536)}-${number % 65_536}`;
}
