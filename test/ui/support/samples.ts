import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type {
  Offer,
  ShopperCoupon,
  ShopperView,
  SignageContent,
  Slide,
  StorePolicy,
} from '../../../edge/contracts/index.js';

/** Payloads as a store would send them, about the demo store. Times hang on `atMs`, so that nothing has expired. */
const MINUTE = 60_000;
export const iso = (ms: number): string => new Date(ms).toISOString();

export function demoPolicy(): StorePolicy {
  const file = resolve(import.meta.dirname, '../../../deploy/demo/store.yaml');
  const { store, zones, nodes, screens, shelves, fixtures, plan, presence } = parse(
    readFileSync(file, 'utf8'),
  );
  return {
    store,
    zones,
    nodes,
    screens,
    shelves,
    fixtures,
    plan,
    presence,
    consentDays: 365,
    offline: { maxValueMinor: 500 },
  };
}

export function elderflower(atMs: number, more: Partial<Offer> = {}): Offer {
  return {
    sku: 'DRK-1001',
    name: 'Elderflower pressé',
    headline: 'Elderflower, ice cold',
    priceMinor: 279,
    wasMinor: 349,
    currency: 'EUR',
    validUntil: iso(atMs + 20 * 60 * MINUTE),
    art: 'bottle-elderflower',
    piecesLeft: 31,
    piecesOf: 48,
    pieceName: 'bottles',
    size: '750 ml',
    smallPrint: '750 ml, €3.72 a litre. Today until 21:00, two to a basket.',
    ...more,
  };
}

export function strawberries(atMs: number, more: Partial<Offer> = {}): Offer {
  return {
    sku: 'PRO-2001',
    name: 'Wexford strawberries',
    headline: 'Picked this morning',
    priceMinor: 250,
    wasMinor: 350,
    currency: 'EUR',
    validUntil: iso(atMs + 6 * 60 * MINUTE),
    art: 'strawberries',
    piecesLeft: 17,
    piecesOf: 24,
    pieceName: 'punnets',
    smallPrint: 'Wexford strawberries 400 g, €6.25 a kg',
    ...more,
  };
}

export function kolibri(atMs: number, more: Partial<Offer> = {}): Offer {
  return {
    sku: 'DRK-1002',
    name: 'Kolibri Zero',
    headline: 'Kolibri Zero',
    priceMinor: 179,
    wasMinor: 199,
    currency: 'EUR',
    percent: 10,
    why: 'You bought it in March.',
    couponId: 'c-1',
    validUntil: iso(atMs + 28 * MINUTE),
    art: 'bottle-kolibri',
    size: '1.25 litres',
    ...more,
  };
}

export function slide(offer: Offer, more: Partial<Slide> = {}): Slide {
  return {
    contentId: `offer-${offer.sku}`,
    kind: 'offer',
    decisionId: `d-${offer.sku}`,
    campaign: 'elderflower-cold',
    seconds: 8,
    headline: offer.headline,
    offer,
    ...more,
  };
}

export function signage(
  revision: number,
  slides: readonly Slide[],
  more: Partial<SignageContent> = {},
): SignageContent {
  return {
    screen: 'screen-3',
    screenName: 'Screen 3',
    storeName: 'Linden Grocer',
    locale: 'en-IE',
    timeZone: 'Europe/Dublin',
    revision,
    slides,
    ...more,
  };
}

/** As a store signs it: as long as any, so that its code is as fine as at a till. */
const TOKEN = [
  'eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJzdG9yZS0wMTQiLCJqdGkiOiJjLWQtMDFrYmIybWN5cThmMzFjMjAxMjM0NTY3ODlhYiI',
  'sInNrdSI6IkRSSy0xMDAyIiwib2ZmIjoxMjAsImN1ciI6IkVVUiIsImV4cCI6MTc5NjA3OTYwMH0.ypmN1ZqcEcetD6LQlQnHNwH',
  'ePXIMHAibL2IbCAnfiyPaOcyts-wrTI7Dh7Tqi5K8GoLg1lD_IHPicIJ-62R6CA',
].join('');

export function coupon(offer: Offer, more: Partial<ShopperCoupon> = {}): ShopperCoupon {
  return {
    couponId: offer.couponId ?? 'c-1',
    decisionId: 'd-8f31c2',
    code: '9812345678909',
    token: TOKEN,
    offer,
    state: 'good',
    ...more,
  };
}

export function shopperView(atMs: number, more: Partial<ShopperView> = {}): ShopperView {
  return {
    at: iso(atMs),
    sid: 's_demo000000000001',
    storeName: 'Linden Grocer, Harbour Street',
    locale: 'en-IE',
    timeZone: 'Europe/Dublin',
    currency: 'EUR',
    zone: 'Beverages',
    consents: { location: 'granted', profile: 'granted', push: 'refused', measurement: 'refused' },
    textVersion: '2026-11',
    receipts: [],
    askAgain: [],
    past: [],
    hints: [],
    coupons: [coupon(kolibri(atMs))],
    open: [elderflower(atMs)],
    ...more,
  };
}
