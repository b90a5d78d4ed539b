import { transactionOf } from '../core/support/store.js';
import type { Agenda } from './day-builder.js';
import { DAY_CAMPAIGNS, DAY_PRODUCTS } from './day-store.js';

const HOUR_S = 3_600;

/** What goes wrong, or is changed by people, in the course of a day. */
export function planTrouble(agenda: Agenda): void {
  shelvesSpeak(agenda);
  countersReport(agenda);
  beaconFlood(agenda, 3 * HOUR_S);
  tillCutOff(agenda, 5 * HOUR_S);
  staffStop(agenda, 6 * HOUR_S);
  campaignChanges(agenda, 7 * HOUR_S);
  duplicates(agenda, 8 * HOUR_S);
  voidsAndReturns(agenda, 9 * HOUR_S);
  // The box had no time for a while and NTP puts it right.
  agenda.at(10 * HOUR_S, () => agenda.jump(7 * 60_000));
}

/** Each shelf counts now and then; beverages run out in the afternoon and are filled again. */
function shelvesSpeak(agenda: Agenda): void {
  const { chance } = agenda;
  for (const [index, product] of DAY_PRODUCTS.entries()) {
    const shelf = `shelf-${product.zone}`;
    for (let hour = 1; hour < agenda.options.hours; hour += 1) {
      const low = product.zone === 'beverages' && hour === 8;
      const count = low ? 0 : chance.between(15, 200);
      const second = hour * HOUR_S + index * 20;
      const reading = product.weightG === undefined ? { count } : { weight_g: count * product.weightG + 40 };
      agenda.at(second, () => agenda.say('shelf.reading', { shelf, sku: product.sku, ...reading }));
      agenda.at(second + 900, () => agenda.say('shelf.reading', { shelf, sku: product.sku, count: 150 }));
    }
  }
}

/** A counter at the door, restarted at noon, one report in ten twice. */
function countersReport(agenda: Agenda): void {
  let totals = { in: 0, out: 0 };
  for (let second = 30; second < agenda.options.hours * HOUR_S; second += 60) {
    agenda.at(second, () => {
      if (second === 4 * HOUR_S + 30) totals = { in: 0, out: 0 };
      totals = { in: totals.in + agenda.chance.between(0, 4), out: totals.out + agenda.chance.between(0, 3) };
      const report = { zone: 'entrance', boot: second < 4 * HOUR_S + 30 ? 'boot-1' : 'boot-2', ...totals };
      agenda.say('presence.traffic', report);
      if (agenda.chance.happens(0.1)) agenda.say('presence.traffic', report);
    });
  }
}

/** Somebody unpacks a box of beacons in the dairy aisle. */
function beaconFlood(agenda: Agenda, start: number): void {
  for (let second = start; second < start + 30; second += 1) {
    for (let tag = 0; tag < 250; tag += 1) {
      const visitor = `a:flood-${String(tag).padStart(6, '0')}`;
      agenda.at(second, () => agenda.say('presence.sighting', { visitor, node: 'dairy-a', rssi: -70 }));
    }
  }
}

/** Forty minutes of one till arrive in one go, late and in another order. */
function tillCutOff(agenda: Agenda, start: number): void {
  const sold = Array.from({ length: 80 }, (_, index) => start + index * 30);
  for (const second of sold.reverse()) {
    const { sku, priceMinor } = agenda.chance.pick(DAY_PRODUCTS);
    agenda.at(start + 2_400, () => {
      const place = { till: 'till-9', businessDay: agenda.instant(0).slice(0, 10), sequence: second };
      const lines = [{ sku, quantity: 1, unitMinor: priceMinor }];
      const extra = { store: 'day-store', ...place, time: agenda.instant(second), offline: true };
      agenda.say('pos.transaction', transactionOf(lines, extra), {
        time: agenda.instant(second),
        late: true,
      });
    });
  }
}

function staffStop(agenda: Agenda, start: number): void {
  const stop = (stopId: string, active: boolean, scope: 'all' | { campaign: string }) =>
    agenda.say('promo.stop', { stopId, scope, reason: 'recall', active, by: 'staff' });
  agenda.at(start, () => stop('stop-1', true, { campaign: 'favourite-dairy' }));
  agenda.at(start + 900, () => stop('stop-1', false, { campaign: 'favourite-dairy' }));
  agenda.at(start + 1_200, () => stop('stop-2', true, 'all'));
  agenda.at(start + 1_500, () => stop('stop-2', false, 'all'));
}

function campaignChanges(agenda: Agenda, start: number): void {
  const [first, second] = DAY_CAMPAIGNS;
  agenda.at(start, () => {
    agenda.say('hq.campaign', { ...first!, version: 2, discount: { percent: 25 } });
    // A used version may not change its meaning: this one has no effect.
    agenda.say('hq.campaign', { ...second!, discount: { amountMinor: 99 } });
    agenda.say('hq.campaign', { ...DAY_CAMPAIGNS[4]!, version: 2, withdrawn: true });
  });
}

/** A gateway repeats itself and brings things that are days old. */
function duplicates(agenda: Agenda, start: number): void {
  for (let index = 0; index < 300; index += 1) {
    const second = start + index;
    const said = agenda.instant(second - (index % 5 === 0 ? 259_200 : 0));
    const sighting = { visitor: 'a:repeated-000001', node: 'bakery-a', rssi: -60 - (index % 7), seq: index };
    agenda.at(second, () => {
      agenda.say('presence.sighting', sighting, { time: said });
      agenda.say('presence.sighting', sighting, { time: said });
    });
  }
}

function voidsAndReturns(agenda: Agenda, start: number): void {
  const lines = [{ sku: 'butter', quantity: 2, unitMinor: 309 }];
  const sell = (sequence: number, extra: Partial<ReturnType<typeof transactionOf>>) => {
    const place = { till: 'till-8', businessDay: agenda.instant(0).slice(0, 10), sequence };
    agenda.say('pos.transaction', transactionOf(lines, { store: 'day-store', ...place, ...extra }));
  };
  for (let index = 0; index < 40; index += 1) {
    const sequence = index * 10;
    agenda.at(start + index * 20, () => {
      if (index % 4 === 0) sell(sequence + 1, { type: 'void', voids: sequence });
      sell(sequence, { type: index % 5 === 0 ? 'return' : 'sale' });
      sell(sequence, { type: index % 5 === 0 ? 'return' : 'sale' });
      if (index % 4 === 2) sell(sequence + 1, { type: 'void', voids: sequence });
      if (index % 4 === 3) sell(sequence + 2, { type: 'training' });
    });
  }
}
