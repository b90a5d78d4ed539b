import type { Action, PhoneOffer } from './actions.js';
import { type Agent, beside, pathBetween, type Stop, stayMs, walk } from './agent.js';
import { ASSUMED } from './assumptions.js';
import { receiptOf } from './checkout.js';
import type { Shop } from './shop.js';
import { choose } from './shopping.js';

/** One step of one visit: walk, take, queue, pay. Returns what the store can notice of it. */
export function move(shop: Shop, agent: Agent, ms: number): readonly Action[] {
  const stop = agent.stops[0];
  if (stop === undefined) return [];
  if (agent.leavesMs === undefined) {
    if (walk(agent, ms)) arriveAt(shop, agent, stop);
    return [];
  }
  const served = stop.awaitsOffer === true && agent.offers.size > 0;
  if (shop.nowMs < agent.leavesMs && !served) return [];
  agent.leavesMs = undefined;
  agent.stops.shift();
  if (stop.till !== undefined) return checkout(shop, agent, stop.till);
  const next = agent.stops[0];
  if (next) agent.path = pathBetween(agent.at, next.at, shop.people.corridorY);
  return [];
}

function arriveAt(shop: Shop, agent: Agent, stop: Stop): void {
  if (stop.take) {
    const { sku, pieces } = stop.take;
    const taken = shop.stock.take(sku, pieces, shop.nowMs);
    if (taken > 0) agent.basket.set(sku, (agent.basket.get(sku) ?? 0) + taken);
  }
  const atTillMs = stop.till ? (ASSUMED.tillS + agent.basket.size * ASSUMED.tillLineS) * 1000 : 0;
  agent.leavesMs = shop.nowMs + stop.stayMs + atTillMs;
}

function checkout(shop: Shop, agent: Agent, till: string): readonly Action[] {
  const { household, basket } = agent;
  const offers = [...agent.offers.values()];
  const actions: Action[] = [];
  if (household !== undefined) {
    for (const sku of Object.values(household.favourites)) {
      const offered = offers.some((offer) => offer.sku === sku);
      shop.choices.push({ household: household.id, sku, offered, bought: basket.has(sku) });
    }
    for (const sku of basket.keys()) shop.shopping.remember(household, sku);
  }
  if (basket.size > 0) {
    shop.sequence += 1;
    const wallMs = shop.options.wallOf(shop.nowMs);
    const businessDay = shop.options.businessDay(wallMs);
    const transaction = receiptOf(
      agent,
      { till, businessDay, sequence: shop.sequence },
      {
        store: shop.scene.store,
        products: shop.products,
        displays: [...shop.displays.values()],
        time: new Date(wallMs).toISOString(),
      },
    );
    const coupons = offers.filter((offer) => basket.has(offer.sku));
    actions.push({ kind: 'checkout', ms: shop.nowMs, transaction, coupons });
  }
  if (household) actions.push({ kind: 'leave', ms: shop.nowMs, household });
  return actions;
}

/** What the tag of a person lets the listeners report, once a second. */
export function report(shop: Shop, agent: Agent): readonly Action[] {
  const { tag } = agent;
  const sinceStartMs = shop.nowMs - shop.options.startMs;
  if (tag === undefined || sinceStartMs < agent.nextReportMs) return [];
  agent.nextReportMs = sinceStartMs + ASSUMED.reportMs;
  return shop.radio
    .hear(agent.at, agent.heading, agent.random)
    .map(({ node, rssi, distance }) => ({ kind: 'sighting', ms: shop.nowMs, node, tag, rssi, distance }));
}

/** Somebody enters a zone where screens offer things: some take one because of it. */
export function seeDisplays(shop: Shop, agent: Agent): void {
  for (const display of shop.displays.values()) {
    if (display.zone !== agent.zone || agent.seenDisplays.has(display.sku)) continue;
    agent.seenDisplays.add(display.sku);
    if (wants(agent, display.sku)) continue;
    const chance = shop.shopping.displayChance(display.sku);
    if (agent.random.fork(`display ${display.sku}`).chance(chance)) goFor(shop, agent, display.sku);
  }
}

/** An offer arrived on the own phone. The first shoppers of a day always take theirs. */
export function considerOffer(shop: Shop, agent: Agent, offer: PhoneOffer): void {
  const { household, random } = agent;
  if (household === undefined || agent.offers.has(offer.couponId)) return;
  agent.offers.set(offer.couponId, offer);
  if (wants(agent, offer.sku)) return;
  const scripted = agent.stops.some((stop) => stop.awaitsOffer);
  const about = { household, sku: offer.sku, offered: true, couponUse: shop.options.parameters.couponUse };
  if (scripted || choose(random, about)) goFor(shop, agent, offer.sku);
}

function wants(agent: Agent, sku: string): boolean {
  return agent.basket.has(sku) || agent.stops.some((stop) => stop.take?.sku === sku);
}

/** Next after the current stop, always before the till; those who wait for an offer are beside the shelf already. */
function goFor(shop: Shop, agent: Agent, sku: string): void {
  const shelf = shop.scene.shelfOf.get(sku);
  const current = agent.stops[0];
  if (shelf === undefined || current === undefined) return;
  const random = agent.random.fork(`detour ${sku}`);
  const stay = current.awaitsOffer === true ? 1_000 : stayMs(random);
  const at = beside(random, shelf.at);
  const stop: Stop = { at, take: { sku, pieces: 1 }, stayMs: stay };
  const walkingToTill = current.till !== undefined;
  if (walkingToTill && agent.leavesMs !== undefined) return;
  agent.stops.splice(walkingToTill ? 0 : 1, 0, stop);
  if (walkingToTill) agent.path = pathBetween(agent.at, at, shop.people.corridorY);
}
