import type { Campaign, Product, StorePolicy } from '../../edge/contracts/index.js';

/** The shop in which the recorded days happen. */
const ZONES = ['entrance', 'produce', 'beverages', 'bakery', 'dairy', 'checkout'] as const;

export const DAY_POLICY: StorePolicy = {
  store: {
    id: 'day-store',
    name: 'Day Store',
    timeZone: 'Europe/Amsterdam',
    currency: 'EUR',
    locale: 'en-IE',
    opensAt: '08:00',
    closesAt: '21:00',
  },
  zones: ZONES.map((id) => ({ id, name: id[0]!.toUpperCase() + id.slice(1) })),
  nodes: ZONES.flatMap((zone) => [
    { id: `${zone}-a`, zone },
    { id: `${zone}-b`, zone, rssiOffset: -2 },
  ]),
  screens: ZONES.map((zone, index) => ({ id: `screen-${index + 1}`, name: `Screen ${index + 1}`, zone })),
  shelves: ZONES.map((zone) => ({ id: `shelf-${zone}`, zone })),
  presence: { confirmS: 2, forgetS: 45, hysteresisDb: 4, smoothingS: 3, minRssi: -95 },
  consentDays: 365,
  offline: { maxValueMinor: 100 },
};

const NAMES: Readonly<Record<string, readonly string[]>> = {
  produce: ['Apples', 'Pears', 'Strawberries', 'Tomatoes', 'Lettuce', 'Carrots'],
  beverages: ['Cola', 'Cola Zero', 'Ginger Beer', 'Elderflower', 'Iced Coffee', 'Still Water'],
  bakery: ['Rye Sourdough', 'Baguette', 'Croissant', 'Bagel', 'Apple Pie', 'Pretzel'],
  dairy: ['Oat Drink', 'Whole Milk', 'Yoghurt', 'Butter', 'Gouda', 'Brie'],
};

export const DAY_PRODUCTS: Product[] = Object.entries(NAMES).flatMap(([zone, names]) =>
  names.map((name, index) => ({
    sku: name.toLowerCase().replaceAll(' ', '-'),
    name,
    category: zone,
    zone,
    priceMinor: 129 + 60 * index,
    startStock: 260 + 30 * index,
    ...(zone === 'produce' ? { weightG: 150 } : {}),
  })),
);

const SHOPPING_ZONES = Object.keys(NAMES);

const coupons: Campaign[] = SHOPPING_ZONES.flatMap((zone, index): Campaign[] => [
  {
    id: `favourite-${zone}`,
    version: 1,
    name: `Favourite of ${zone}`,
    kind: 'coupon',
    products: { category: zone, choose: 'favourite' },
    discount: { percent: 10 + 5 * (index % 2) },
    where: { zones: [zone] },
    trigger: { dwellS: index % 2 === 0 ? 6 : 0 },
    caps: { perShopperDay: 2, perStoreDay: 900 },
    experiment: { holdout: 0.4, seed: `seed-${index}` },
    stacking: { exclusivity: `class-${zone}`, priority: index % 2 },
    validMinutes: 45,
  },
  {
    id: `first-${zone}`,
    version: 1,
    name: `First of ${zone}`,
    kind: 'coupon',
    products: { category: zone, choose: 'first' },
    discount: { amountMinor: 30 },
    where: { zones: [zone] },
    when: { dayparts: [{ from: '10:00', until: '19:30' }] },
    caps: { perShopperDay: 1 },
    experiment: { holdout: 0.5, seed: 'first' },
    inventory: { minStock: 20 },
    stacking: { exclusivity: `class-${zone}` },
    validMinutes: 90,
  },
]);

const displays: Campaign[] = SHOPPING_ZONES.flatMap((zone): Campaign[] => [
  {
    id: `screen-first-${zone}`,
    version: 1,
    name: `${zone} for everybody`,
    kind: 'display',
    products: { category: zone, choose: 'best-stocked' },
    discount: { percent: 20 },
    where: { zones: [zone] },
    bidMicros: 2_000_000,
  },
  {
    id: `screen-second-${zone}`,
    version: 1,
    name: `${zone} second`,
    kind: 'display',
    products: { skus: [DAY_PRODUCTS.find((product) => product.zone === zone)!.sku] },
    discount: { amountMinor: 25 },
    where: { zones: [zone, 'checkout'] },
    when: {
      dayparts: [
        { from: '09:00', until: '13:00' },
        { from: '15:00', until: '20:00' },
      ],
    },
    bidMicros: 1_000_000,
  },
]);

export const DAY_CAMPAIGNS: readonly Campaign[] = [...coupons, ...displays];
export const DAY_SHOPPING_ZONES: readonly string[] = SHOPPING_ZONES;
