import type { StoreEvent } from '../../edge/contracts/index.js';
import { transactionOf } from '../core/support/store.js';
import type { Agenda } from './day-builder.js';
import { DAY_PRODUCTS, DAY_SHOPPING_ZONES } from './day-store.js';

interface Coupon {
  readonly couponId: string;
  readonly code: string;
  readonly sku: string;
  readonly priceMinor: number;
}

const STAY_S = [8, 40] as const;

/** Routes, purchases and redemptions of one person; a stranger is only ever heard. */
export function planShopper(agenda: Agenda, who: { index: number; known: boolean }): void {
  const { chance, options } = agenda;
  const sid = options.sidOf?.(who.index) ?? `s_day${String(who.index).padStart(10, '0')}`;
  const visitor = who.known ? `s:${sid}` : `a:stranger-${String(who.index).padStart(6, '0')}`;
  const wallet: Coupon[] = [];
  if (who.known) {
    planConsent(agenda, sid, who.index);
    fillWallet(agenda, sid, wallet);
  }
  const likes = [chance.pick(DAY_PRODUCTS).sku, chance.pick(DAY_PRODUCTS).sku];
  const span = options.hours * 3_600;
  for (let trip = 0; trip < (who.known ? options.trips : 1); trip += 1) {
    const slot = (span - 1_200) / options.trips;
    let second = Math.floor(60 + trip * slot + chance.next() * (slot - 300));
    const route = [
      'entrance',
      ...shuffled(agenda, DAY_SHOPPING_ZONES).slice(0, chance.between(2, 4)),
      'checkout',
    ];
    for (const zone of route) second = planStay(agenda, { visitor, zone, second });
    if (who.known) agenda.at(second, () => checkOut(agenda, { sid, wallet, likes }));
  }
}

function shuffled(agenda: Agenda, from: readonly string[]): string[] {
  const left = [...from];
  const taken: string[] = [];
  while (left.length > 0) taken.push(...left.splice(agenda.chance.between(0, left.length - 1), 1));
  return taken;
}

/** Sightings of one stay: the zone's own nodes near, the entrance faintly everywhere. */
function planStay(agenda: Agenda, stay: { visitor: string; zone: string; second: number }): number {
  const { chance, options } = agenda;
  const { visitor, zone } = stay;
  const end = stay.second + chance.between(...(options.stayS ?? STAY_S));
  for (let second = stay.second; second < end; second += options.heardEveryS) {
    const near = chance.pick([`${zone}-a`, `${zone}-b`]);
    const rssi = -58 + chance.between(-5, 5);
    agenda.at(second, () => agenda.say('presence.sighting', { visitor, node: near, rssi }));
    if (zone !== 'entrance' && chance.happens(0.2)) {
      const far = -80 + chance.between(-5, 5);
      agenda.at(second, () => agenda.say('presence.sighting', { visitor, node: 'entrance-a', rssi: far }));
    }
  }
  return end;
}

/** Nine in ten say yes to both; the others are minors, give one of two, or take it back at noon. */
function planConsent(agenda: Agenda, sid: string, index: number): void {
  const say = (purpose: 'location' | 'profile', given: { granted: boolean; ageBand: '18+' | 'under16' }) =>
    agenda.say('consent.receipt', {
      receiptId: `r-${sid}-${purpose}`,
      sid,
      purpose,
      ...given,
      textVersion: '1',
      validMs: index % 31 === 7 ? 3 * 3_600_000 : 30 * 86_400_000,
    });
  agenda.at(1 + (index % 40), () => {
    agenda.say('loyalty.profile', { sid, change: 'created' });
    say('location', { granted: true, ageBand: index % 29 === 3 ? 'under16' : '18+' });
    say('profile', { granted: index % 23 !== 5, ageBand: '18+' });
  });
  if (index % 37 !== 11) return;
  agenda.at(4 * 3_600, () =>
    agenda.say('consent.withdrawn', { receiptId: `r-${sid}-profile`, sid, purpose: 'profile' }),
  );
}

function fillWallet(agenda: Agenda, sid: string, wallet: Coupon[]): void {
  agenda.onOutput((output) => {
    if (output.type !== 'coupon.issued') return;
    const { data } = output as StoreEvent<'coupon.issued'>;
    if (data.sid !== sid) return;
    wallet.push(data);
    agenda.at(agenda.second() + 1, () =>
      agenda.say('push.sent', { decisionId: data.decisionId, sid, channel: 'socket', outcome: 'sent' }),
    );
  });
}

/** At the till: liked products and whatever there is a coupon for; the till asks before it takes one. */
function checkOut(agenda: Agenda, who: { sid: string; wallet: Coupon[]; likes: readonly string[] }): void {
  const { chance } = agenda;
  const till = `till-${chance.between(1, 4)}`;
  const sequence = agenda.nextSequence(till);
  const place = { till, businessDay: agenda.instant(0).slice(0, 10), sequence };
  const used = who.wallet.splice(0).filter(() => chance.happens(0.5));
  for (const { couponId } of used) {
    const ask = { requestId: `ask-${couponId}`, couponId, ...place };
    agenda.say('coupon.request', { ...ask, action: 'verify' });
    if (chance.happens(0.7)) agenda.say('coupon.request', { ...ask, action: 'redeem' });
  }
  const bought = [...who.likes, chance.pick(DAY_PRODUCTS).sku].filter(() => chance.happens(0.7));
  const lines = [
    ...bought.map((sku) => ({ sku, quantity: chance.between(1, 2), unitMinor: priceOf(sku) })),
    ...used.map(({ sku, priceMinor, code }) => ({ sku, unitMinor: priceMinor, couponCode: code })),
  ];
  if (lines.length === 0) return;
  agenda.say('pos.transaction', transactionOf(lines, { store: 'day-store', ...place, sid: who.sid }));
}

function priceOf(sku: string): number {
  return DAY_PRODUCTS.find((product) => product.sku === sku)!.priceMinor;
}
