import type { Action, Choice, DisplayOffer, Household, PhoneOffer } from './actions.js';
import type { Agent } from './agent.js';
import { createFootfall } from './footfall.js';
import { createPeople } from './people.js';
import { createRandom } from './random.js';
import { zoneAt } from './scene.js';
import { createShop, type Shop, type ShopOptions } from './shop.js';
import { createShopping } from './shopping.js';
import { considerOffer, move, report, seeDisplays } from './visit.js';

const STEP_MS = 250;
/** With nobody in the shop, somebody comes every so often. */
const ARRIVAL_MS = 1_500;
/** Of the people wanted, how many are inside already when the day begins. */
const INSIDE_SHARE = 0.5;
/** When somebody buys all there is of the scarcest product on display, so that a screen has to change. */
const PARTY_AFTER_MS = 60_000;

export interface WorldOptions extends ShopOptions {
  /** People in the shop at a time, at most. */
  readonly shoppers: number;
  /** Whether somebody buys up a displayed product in the second minute. */
  readonly sellOut: boolean;
}

/** Shoppers, shelves and tills of one shop. The same options and the same offers give the same actions. */
export interface World {
  readonly households: readonly Household[];
  /** Everything that happens up to `ms`, in order. */
  advance(ms: number): readonly Action[];
  /** An offer arrived on the phone of a household; ignored when they are not in the shop. */
  offer(householdId: string, offer: PhoneOffer): void;
  /** What a screen offers everybody from now on; `undefined` when it offers nothing. */
  display(screen: string, offer: DisplayOffer | undefined): void;
  /** What became of the favourites on the visits that are over. */
  choices(): readonly Choice[];
  people(): number;
}

export function createWorld(options: WorldOptions): World {
  const shop = createShop(options);
  const footfall = createFootfall(options.scene);
  const agents: Agent[] = [];
  let steps = 0;

  const step = (): Action[] => {
    const newcomers = comeIn(shop, agents, { steps, ...options });
    const actions: Action[] = newcomers.flatMap(({ household }) =>
      household ? [{ kind: 'arrive', ms: shop.nowMs, household }] : [],
    );
    agents.push(...newcomers);
    for (const agent of [...agents]) {
      actions.push(...move(shop, agent, STEP_MS));
      const gone = agent.stops.length === 0;
      const zone = gone ? undefined : zoneAt(options.scene, agent.at);
      if (zone !== agent.zone) {
        footfall.cross(agent.zone, zone);
        agent.zone = zone;
        seeDisplays(shop, agent);
      }
      if (gone) agents.splice(agents.indexOf(agent), 1);
      else actions.push(...report(shop, agent));
    }
    actions.push(...shop.stock.report(shop.nowMs), ...footfall.report(shop.nowMs));
    steps += 1;
    return actions;
  };

  return {
    households: shop.people.households,
    advance(ms) {
      const actions: Action[] = [];
      while (shop.nowMs + STEP_MS <= ms) {
        shop.nowMs += STEP_MS;
        actions.push(...step());
      }
      return actions;
    },
    offer(householdId, offer) {
      const agent = agents.find((each) => each.household?.id === householdId);
      if (agent) considerOffer(shop, agent, offer);
    },
    display(screen, offer) {
      if (offer === undefined) shop.displays.delete(screen);
      else shop.displays.set(screen, offer);
    },
    choices: () => shop.choices,
    people: () => agents.length,
  };
}

/** Who is there when the day begins, so that they can be enrolled before it does. */
export function firstHouseholds(
  options: Pick<ShopOptions, 'scene' | 'parameters' | 'seed' | 'runId'>,
): readonly Household[] {
  const { scene, parameters, seed, runId } = options;
  const shopping = createShopping(scene.products, parameters);
  const random = createRandom(seed);
  const { couponUse } = parameters;
  return createPeople({ scene, shopping, random, runId, couponUse }).firstHouseholds();
}

/** Who comes in during this step: the first shoppers at once, the party buyer at his time, others as there is room. */
function comeIn(
  shop: Shop,
  agents: readonly Agent[],
  { steps, shoppers, sellOut }: { steps: number; shoppers: number; sellOut: boolean },
): readonly Agent[] {
  const newcomers: Agent[] = [];
  const absent = () => {
    const here = new Set([...agents, ...newcomers].map((agent) => agent.household?.id));
    return shop.people.households.filter(({ id }) => !here.has(id));
  };
  if (steps === 0) {
    newcomers.push(...shop.people.firstShoppers());
    while (newcomers.length < shoppers * INSIDE_SHARE) newcomers.push(shop.people.inside(absent()));
  }
  if (sellOut && steps * STEP_MS === PARTY_AFTER_MS) {
    const scarcest = [...shop.displays.values()]
      .filter(({ sku }) => shop.stock.count(sku) > 0)
      .sort((a, b) => shop.stock.count(a.sku) - shop.stock.count(b.sku))[0];
    if (scarcest) newcomers.push(shop.people.partyBuyer(scarcest.sku));
  }
  // The more room there is, the sooner the next one comes.
  const room = Math.max(0, 1 - (agents.length + newcomers.length) / Math.max(1, shoppers));
  if (shop.arrivals.chance((room * STEP_MS) / ARRIVAL_MS)) newcomers.push(shop.people.visitor(absent()));
  return newcomers;
}
