import { type Static, Type } from '@sinclair/typebox';
import { Id, Sid } from './common.js';

export const PURPOSES = ['location', 'profile', 'push', 'measurement'] as const;
export type Purpose = (typeof PURPOSES)[number];
export const PurposeSchema = Type.Union(PURPOSES.map((purpose) => Type.Literal(purpose)));

/** `under16` and `unknown` get nothing personal. */
export const AgeBand = Type.Union([
  Type.Literal('under16'),
  Type.Literal('16-17'),
  Type.Literal('18+'),
  Type.Literal('unknown'),
]);
export type AgeBand = Static<typeof AgeBand>;

export const ConsentReceipt = Type.Object(
  {
    receiptId: Id('receipt'),
    sid: Sid,
    purpose: PurposeSchema,
    granted: Type.Boolean(),
    textVersion: Id('version of the text the person read'),
    ageBand: AgeBand,
    /** Milliseconds the consent lasts from `recordedtime`. */
    validMs: Type.Integer({ minimum: 1 }),
  },
  { description: 'A person said yes or no to one purpose' },
);
export type ConsentReceipt = Static<typeof ConsentReceipt>;

export const ConsentWithdrawn = Type.Object(
  { receiptId: Id('receipt'), sid: Sid, purpose: PurposeSchema },
  { description: 'A person took a consent back' },
);
export type ConsentWithdrawn = Static<typeof ConsentWithdrawn>;

/** A shopper exists. Tags and loyalty ids stay in the vault; the journal knows that there are some. */
export const LoyaltyProfile = Type.Object(
  {
    sid: Sid,
    change: Type.Union([Type.Literal('created'), Type.Literal('tag-linked'), Type.Literal('loyalty-linked')]),
  },
  { description: 'A shopper was created or linked' },
);
export type LoyaltyProfile = Static<typeof LoyaltyProfile>;

/** The person is gone: nothing that is held can be tied to them, and every reader of `sid` forgets what it kept. */
export const ErasureDone = Type.Object(
  {
    receiptId: Id('receipt that the person keeps'),
    sid: Sid,
    asked: Type.Union([Type.Literal('shopper'), Type.Literal('desk')], {
      description: 'on their own page, or at the desk',
    }),
  },
  { description: 'A shopper was erased' },
);
export type ErasureDone = Static<typeof ErasureDone>;
