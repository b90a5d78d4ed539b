import { isType, type JournalledEvent, type StoreEvent, withoutSalt } from '../contracts/index.js';
import { takeTransaction } from './baskets/transactions.js';
import { takeCampaign } from './campaign/campaigns.js';
import { noteShopper } from './consent/consent.js';
import { forgetShopper } from './consent/forget.js';
import { onReceipt, onWithdrawal, visitorKey } from './consent/gate.js';
import { takeCouponRequest } from './coupon/redeem.js';
import { considerHints } from './decide/hint.js';
import { considerPhone } from './decide/phone.js';
import { deriveCampaigns, derivePolicy } from './derived.js';
import { noteHeard } from './devices/heard.js';
import type { OnZoneChange } from './presence/presence.js';
import { takeSighting } from './presence/sighting.js';
import { takeTraffic } from './presence/traffic.js';
import { notePush } from './push/push.js';
import type { Step } from './step.js';
import { takeFeed, takeReading } from './stock/stock.js';
import { tellStock } from './stock/tell.js';
import { storyClicked, storySent, storyShown } from './story/stories.js';
import { parseInstantMs } from './time.js';

/** Somebody came, stayed or left: a person who consents may get an offer. */
export const onZoneChange: OnZoneChange = (step, _visitor, track, change) => {
  if (change.change !== 'exit' && change.sid !== undefined) considerPhone(step, change.sid, track);
};

/** One case a type; a type that the contracts gain does not compile until it is handled here. */
export function handle(step: Step, journalled: JournalledEvent): void {
  const { event } = journalled;
  noteHeard(step);
  switch (event.type) {
    case 'presence.sighting':
      onSighting(step, event as StoreEvent<'presence.sighting'>);
      break;
    case 'presence.traffic':
      takeTraffic(step, event as StoreEvent<'presence.traffic'>);
      break;
    case 'shelf.reading':
      onReading(step, event as StoreEvent<'shelf.reading'>);
      break;
    case 'pos.transaction':
      takeTransaction(step, event as StoreEvent<'pos.transaction'>);
      break;
    case 'coupon.request':
      takeCouponRequest(step, (event as StoreEvent<'coupon.request'>).data);
      break;
    case 'consent.receipt':
      onReceipt(step, event as StoreEvent<'consent.receipt'>);
      break;
    case 'consent.withdrawn':
      onWithdrawal(step, event as StoreEvent<'consent.withdrawn'>);
      break;
    case 'loyalty.profile':
      noteShopper(step.state.consent, (event as StoreEvent<'loyalty.profile'>).data.sid, step.nowMs);
      break;
    case 'erasure.done':
      forgetShopper(step, (event as StoreEvent<'erasure.done'>).data.sid);
      break;
    case 'promo.stop':
      onStop(step, event as StoreEvent<'promo.stop'>);
      break;
    case 'media.play':
      storyShown(step, event as StoreEvent<'media.play'>);
      break;
    case 'push.sent':
      notePush(step, event as StoreEvent<'push.sent'>);
      storySent(step, event as StoreEvent<'push.sent'>);
      break;
    case 'push.clicked':
      storyClicked(step, event as StoreEvent<'push.clicked'>);
      break;
    case 'device.online':
    case 'device.offline':
      onDevice(step, event as StoreEvent<'device.online' | 'device.offline'>);
      break;
    case 'quarantine.event':
      onQuarantine(step, journalled);
      break;
    case 'hq.policy':
    case 'hq.catalog':
    case 'hq.campaign':
      onConfiguration(step, event);
      break;
    case 'tick':
      onTick(step, event as StoreEvent<'tick'>);
      break;
    default:
      passOver(event.type);
  }
}

/** Nothing follows from these. */
const PASSED_OVER = [
  'audit.entry',
  'gap.declared',
  'gap.shed',
  // What the core itself put out: its state knew before the event was written.
  'presence.zone',
  'presence.minute',
  'stock.level',
  'coupon.issued',
  'coupon.redeemed',
  'coupon.answered',
  'fraud.verdict',
  'promo.decision',
] as const;

/** Does not compile while a type is neither handled nor in the list. */
function passOver(type: (typeof PASSED_OVER)[number]): void {
  if (!PASSED_OVER.includes(type)) throw new Error(`no handler for ${String(type)}`);
}

function onSighting(step: Step, event: StoreEvent<'presence.sighting'>): void {
  const visitor = visitorKey(step, event.data.visitor);
  const known = visitor === event.data.visitor ? event : { ...event, data: { ...event.data, visitor } };
  const track = takeSighting(step, known, onZoneChange);
  if (track !== undefined) considerHints(step, visitor, track);
}

function onReading(step: Step, event: StoreEvent<'shelf.reading'>): void {
  const { shelf, sku, count, weight_g: weightG } = event.data;
  const pieceG = step.state.campaigns.products.get(sku)?.weightG;
  const weighed = weightG === undefined || pieceG === undefined ? undefined : Math.round(weightG / pieceG);
  const pieces = count ?? weighed;
  if (pieces === undefined) return;
  const atMs = event.time === undefined ? step.nowMs : Math.min(parseInstantMs(event.time), step.nowMs);
  tellStock(step, takeReading(step.state.stock, { shelf, sku, count: pieces, atMs }));
}

/** Time passes with every event; what a tick may add is whether the hour can be believed. */
function onTick(step: Step, { data }: StoreEvent<'tick'>): void {
  const { clock } = step.state;
  if (data.clock === undefined || (data.clock === 'unsure') === clock.unsure) return;
  clock.unsure = data.clock === 'unsure';
  step.stale.urgent = true;
}

function onStop(step: Step, event: StoreEvent<'promo.stop'>): void {
  const { stopId, scope, reason, active } = event.data;
  const { stops } = step.state.campaigns;
  // Told again when somebody says why: it stands since it was stopped.
  if (active) stops.set(stopId, { stopId, scope, reason, at: stops.get(stopId)?.at ?? event.recordedtime });
  else stops.delete(stopId);
  step.stale.urgent = true;
}

function onDevice(step: Step, event: StoreEvent<'device.online' | 'device.offline'>): void {
  const { device, kind } = event.data;
  if (kind !== 'screen') return;
  if (event.type === 'device.online') step.state.screens.online.set(device, step.nowMs);
  else step.state.screens.online.delete(device);
}

function onQuarantine(step: Step, { event, offset }: JournalledEvent): void {
  const { quarantineId, settles, more } = (event as StoreEvent<'quarantine.event'>).data;
  const { quarantined } = step.state.setup;
  // It says how many there were: there is nothing in it to mend.
  if (more !== undefined) return;
  if (settles === undefined) quarantined.set(quarantineId, offset);
  else quarantined.delete(settles.quarantineId);
}

function onConfiguration(step: Step, event: StoreEvent): void {
  const { state, derived } = step;
  if (isType(event, 'hq.policy')) {
    state.setup.policy = withoutSalt(event.data);
    derivePolicy(derived, event.data);
  } else if (isType(event, 'hq.campaign')) {
    if (!takeCampaign(state.campaigns, event.data)) return;
  } else if (isType(event, 'hq.catalog')) {
    for (const product of event.data.products) {
      state.campaigns.products.set(product.sku, product);
      tellStock(step, takeFeed(state.stock, product, step.nowMs));
    }
  }
  deriveCampaigns(derived, state);
  step.stale.urgent = true;
}
