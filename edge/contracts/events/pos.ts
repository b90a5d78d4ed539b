import { type Static, Type } from '@sinclair/typebox';
import { BusinessDay, Currency, Id, Instant, Minor, Sid, Sku } from './common.js';

const LineKind = Type.Union([Type.Literal('sale'), Type.Literal('return'), Type.Literal('void')]);

export const PosLine = Type.Object({
  line: Type.Integer({ minimum: 1, maximum: 100_000 }),
  sku: Sku,
  gtin: Type.Optional(Type.String({ pattern: '^\\d{8,14}$' })),
  quantity: Type.Number({
    minimum: -1_000_000,
    maximum: 1_000_000,
    description: 'decimal, negative for a return',
  }),
  unit: Type.Optional(Id('unit of measure')),
  unitMinor: Minor('price of one unit'),
  totalMinor: Minor('line total after discounts'),
  discountMinor: Type.Optional(Minor('discount contained in the total')),
  couponCode: Type.Optional(Id('coupon code')),
  promotionId: Type.Optional(Id('promotion id')),
  description: Type.Optional(Type.String({ maxLength: 500 })),
  kind: LineKind,
});
export type PosLine = Static<typeof PosLine>;

/** Native transaction, as tills send it (HTTP and MQTT). `loyaltyId` never reaches the journal: the rim turns it into `sid`. */
export const PosTransaction = Type.Object(
  {
    store: Id('store'),
    till: Id('till'),
    businessDay: BusinessDay,
    sequence: Type.Integer({ minimum: 0, maximum: 1e12 }),
    type: Type.Union([
      Type.Literal('sale'),
      Type.Literal('return'),
      Type.Literal('void'),
      Type.Literal('training'),
      Type.Literal('cancelled'),
    ]),
    time: Type.Optional(Instant),
    currency: Currency,
    sid: Type.Optional(Sid),
    loyaltyId: Type.Optional(Id('loyalty id of the retailer')),
    offline: Type.Optional(Type.Boolean({ description: 'the till was cut off from the edge when it sold' })),
    voids: Type.Optional(
      Type.Integer({ minimum: 0, description: 'sequence of the transaction that this one voids' }),
    ),
    lines: Type.Array(PosLine, { maxItems: 5_000 }),
    tenders: Type.Array(Type.Object({ type: Id('tender type'), amountMinor: Minor('tendered amount') }), {
      maxItems: 100,
    }),
    totalMinor: Minor('transaction total'),
  },
  { description: 'A till closed a transaction' },
);
export type PosTransaction = Static<typeof PosTransaction>;
