import { type Static, Type } from '@sinclair/typebox';
import { Id, Sku } from './common.js';

export const ShelfReading = Type.Object(
  {
    shelf: Id('shelf'),
    sku: Sku,
    count: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'pieces' })),
    weight_g: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000_000, description: 'grams' })),
  },
  { description: 'A shelf sensor reported pieces or weight' },
);
export type ShelfReading = Static<typeof ShelfReading>;

export const StockLevel = Type.Object(
  {
    sku: Sku,
    count: Type.Integer({
      description: 'pieces on hand, may be negative when the till sold more than was known',
    }),
    source: Type.Union([Type.Literal('shelf'), Type.Literal('till'), Type.Literal('feed')]),
    soldOut: Type.Boolean(),
  },
  { description: 'What the store believes it has of one product' },
);
export type StockLevel = Static<typeof StockLevel>;
