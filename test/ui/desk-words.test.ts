import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../edge/contracts/index.js';
import { deskFor } from '../../signage-ui/shared/messages/desk.js';
import { messagesFor } from '../../signage-ui/shared/messages/index.js';
import { bytesInWords, type DeskTelling, listInWords } from '../../signage-ui/staff/desk/telling.js';
import { silentSince } from '../../signage-ui/staff/devices/silence.js';
import { daysInWords, ruleInWords } from '../../signage-ui/staff/offers/rule-words.js';
import { backWords, isOld, lastingWords, piecesOf } from '../../signage-ui/staff/stock/stock-words.js';
import { offersNow, stockNow } from './support/desk-samples.js';
import { demoPolicy, iso } from './support/samples.js';

const NOW = Date.parse('2026-06-18T13:03:27Z');
const telling = (locale = 'en-IE'): DeskTelling => ({
  messages: messagesFor(locale),
  desk: deskFor(locale),
  place: { locale, timeZone: 'Europe/Dublin', currency: 'EUR' },
  policy: demoPolicy(),
  productOf: (sku) => (sku === 'DRK-1001' ? 'Elderflower pressé' : sku),
  storeMs: NOW,
  toStoreMs: (deviceMs) => deviceMs,
});
const lines = (campaign: Campaign, locale?: string): Record<string, string> =>
  Object.fromEntries(ruleInWords(campaign, telling(locale)).map(({ label, text }) => [label, text]));

describe('the words of the tabs', () => {
  it('say a rule as a shop would', () => {
    const [kolibri] = offersNow(NOW);
    expect(lines(kolibri!.campaign)).toMatchObject({
      What: 'the one a shopper likes best of 3 products',
      Gives: '10% off the shelf price',
      Where: 'in Beverages',
      When: 'Mon to Fri 11:00 to 20:00, until 12 July 14:03',
      Who: 'shoppers who agreed and stay 6 s or longer',
      'At most': '2 offers a shopper and day, 400 offers in the store a day',
      Stock: 'only while 6 pieces or more are left, else something like it',
      'To compare': '10% of shoppers get no offer, so that its effect is known',
      'Good for': '1 h',
    });
  });

  it('say a rule without conditions without inventing any', () => {
    const bare: Campaign = {
      ...{ id: 'x', version: 1, name: 'X', kind: 'display', where: {} },
      ...{ products: { skus: ['DRK-1001'] }, discount: { amountMinor: 50 } },
    };
    expect(lines(bare)).toEqual({
      What: 'Elderflower pressé',
      Gives: '€0.50 off each',
      Where: 'in every zone',
      When: 'always, until it is taken back',
      Who: 'everybody; no history of a single person is used',
      Stock: 'while one is left',
    });
    expect(lines(bare, 'de-DE')['Wann']).toBe('immer, bis sie zurückgezogen wird');
  });

  it('name days in runs', () => {
    const { common } = deskFor('en');
    expect(daysInWords(undefined, common)).toBe('every day');
    expect(daysInWords([7, 6, 5, 4, 3, 2, 1], common)).toBe('every day');
    expect(daysInWords([1, 2, 3, 5], common)).toBe('Mon to Wed, Fri');
    expect(daysInWords([6, 7], common)).toBe('Sat, Sun');
  });

  it('foresee the end of a stock only where there is something to foresee it from', () => {
    const [ginger, kolibri, , rye, , candle] = stockNow(NOW);
    expect(lastingWords(ginger!, telling())).toMatchObject({
      tone: 'act',
      word: 'Sold out',
      rest: 'for 38 min',
    });
    expect(lastingWords(kolibri!, telling())).toMatchObject({
      tone: 'look',
      word: 'Gone in about 1 h 39 min',
    });
    expect(lastingWords(candle!, telling()).word).toBe('Not known');
    expect(isOld(rye!, telling())).toBe(true);
    expect(backWords(ginger!, telling())).toEqual(['about 14 pieces', '48 pieces delivered 7 h ago']);
    expect(backWords(candle!, telling())).toEqual(['no delivery list', undefined]);
  });

  it('call a device silent only where silence is a failure', () => {
    const row = { id: 'a', name: 'a', planned: true, registered: true, revoked: false } as const;
    const anHourAgo = iso(NOW - 3_600_000);
    expect(silentSince({ ...row, kind: 'gateway', heardAt: anHourAgo }, NOW)).toBeUndefined();
    expect(silentSince({ ...row, kind: 'counter', heardAt: anHourAgo }, NOW)).toBe(anHourAgo);
    expect(silentSince({ ...row, kind: 'shelf', up: false, upSince: anHourAgo }, NOW)).toBe(anHourAgo);
  });

  it('write sizes and lists, and read numbers, as people do', () => {
    expect(bytesInWords(1_240_000_000, 'en-IE')).toBe('1.2 GB');
    expect(bytesInWords(1_240_000_000, 'de-DE')).toBe('1,2\u00a0GB');
    expect(bytesInWords(999, 'en-IE')).toBe('999 byte');
    expect(listInWords(['a', 'b', 'c'], 'and')).toBe('a, b and c');
    expect(['26', ' 0 ', '1000000'].map(piecesOf)).toEqual([26, 0, 1_000_000]);
    expect(['', '-1', '2.5', '1e3', '1000001', 'two'].map(piecesOf)).toEqual(Array(6).fill(undefined));
  });
});
