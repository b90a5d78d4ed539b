import { type Static, Type } from '@sinclair/typebox';
import { Id, Instant, Minor, Sku, ZoneId } from './events/common.js';
import { Daypart } from './playlist.js';

/** One product of the catalogue. */
export const Product = Type.Object({
  sku: Sku,
  gtin: Type.Optional(Type.String({ pattern: '^\\d{8,14}$' })),
  name: Type.String({ minLength: 1, maxLength: 300 }),
  size: Type.Optional(Type.String({ maxLength: 100, description: 'for people: "750 ml"' })),
  category: Id('category'),
  zone: Type.Optional(ZoneId),
  priceMinor: Minor('shelf price'),
  unitPrice: Type.Optional(Type.String({ maxLength: 100, description: 'for people: "€3.72 a litre"' })),
  pieceName: Type.Optional(
    Type.String({ maxLength: 60, description: 'plural noun for pieces left: "bottles"' }),
  ),
  weightG: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'grams of one piece, to read a shelf scale' }),
  ),
  art: Type.Optional(Id('product art')),
  startStock: Type.Optional(Type.Integer({ minimum: 0, description: 'pieces at the last feed' })),
});
export type Product = Static<typeof Product>;

/** What a retail-media manager writes: one schema for YAML files and for HQ. */
export const Campaign = Type.Object({
  id: Id('campaign'),
  version: Type.Integer({ minimum: 1 }),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  kind: Type.Union([Type.Literal('coupon'), Type.Literal('display'), Type.Literal('hint')], {
    description:
      'coupon: own phone, redeemed at the till, one decision a visit; display: screens; hint: own phone, nothing to redeem, one decision a sighting',
  }),
  products: Type.Object({
    skus: Type.Optional(Type.Array(Sku, { minItems: 1, maxItems: 500 })),
    category: Type.Optional(Id('category')),
    /** Pick the shopper's own favourite among the products. */
    choose: Type.Optional(
      Type.Union([Type.Literal('favourite'), Type.Literal('first'), Type.Literal('best-stocked')]),
    ),
  }),
  discount: Type.Object({
    percent: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
    amountMinor: Type.Optional(Minor('amount off')),
    priceMinor: Type.Optional(Minor('fixed price')),
  }),
  headline: Type.Optional(Type.String({ maxLength: 120 })),
  smallPrint: Type.Optional(Type.String({ maxLength: 300 })),
  where: Type.Object({
    zones: Type.Optional(Type.Array(ZoneId)),
    screens: Type.Optional(Type.Array(Id('screen'))),
  }),
  when: Type.Optional(
    Type.Object({
      from: Type.Optional(Instant),
      until: Type.Optional(Instant),
      /** In the store's time zone. */
      dayparts: Type.Optional(Type.Array(Daypart)),
    }),
  ),
  trigger: Type.Optional(
    Type.Object({ dwellS: Type.Optional(Type.Number({ minimum: 0, maximum: 86_400 })) }),
  ),
  caps: Type.Optional(
    Type.Object({
      perShopperDay: Type.Optional(Type.Integer({ minimum: 1 })),
      perShopper: Type.Optional(Type.Integer({ minimum: 1 })),
      perStoreDay: Type.Optional(Type.Integer({ minimum: 1 })),
      perStore: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
  ),
  inventory: Type.Optional(
    Type.Object({
      minStock: Type.Optional(Type.Integer({ minimum: 0 })),
      substitute: Type.Optional(Type.Boolean()),
    }),
  ),
  experiment: Type.Optional(
    Type.Object({ holdout: Type.Number({ minimum: 0, maximum: 1 }), seed: Id('seed') }),
  ),
  stacking: Type.Optional(
    Type.Object({
      exclusivity: Type.Optional(Id('exclusivity class')),
      priority: Type.Optional(Type.Integer()),
    }),
  ),
  validMinutes: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: 525_600, description: 'how long a coupon is good' }),
  ),
  /** CPM bid in micros, for the display auction. */
  bidMicros: Type.Optional(Type.Integer({ minimum: 0 })),
  withdrawn: Type.Optional(Type.Boolean()),
});
export type Campaign = Static<typeof Campaign>;

export const CatalogBatch = Type.Object(
  { products: Type.Array(Product, { maxItems: 500 }) },
  { description: 'Products, added or changed' },
);
export type CatalogBatch = Static<typeof CatalogBatch>;
