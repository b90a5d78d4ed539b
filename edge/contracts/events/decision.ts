import { type Static, Type } from '@sinclair/typebox';
import { Said } from '../said.js';
import { Currency, Id, Instant, Minor, Sealed, Sid, Sku, ZoneId } from './common.js';

export const SURFACES = ['phone', 'screen'] as const;
export type Surface = (typeof SURFACES)[number];
export const SurfaceSchema = Type.Union([Type.Literal('phone'), Type.Literal('screen')]);
export const Outcome = Type.Union([
  Type.Literal('offered'),
  Type.Literal('withheld'),
  Type.Literal('rejected'),
]);
export type Outcome = Static<typeof Outcome>;

/** How much a shopper likes a product, and how often they bought it: pages say it in their own language. */
export const Liking = Type.Object({
  liked: Type.Number({ minimum: 0, description: '0 to 1; on a screen how many there like it' }),
  bought: Type.Optional(Type.Integer({ minimum: 0, description: 'times; absent where no history is used' })),
});
export type Liking = Static<typeof Liking>;

/** Why a person sees an offer, for pages to say in their own language. */
export const Because = Type.Union([
  Type.Object({ kind: Type.Literal('bought'), times: Type.Integer({ minimum: 1 }) }),
  Type.Object({ kind: Type.Literal('near'), zone: ZoneId, zoneName: Type.String({ maxLength: 100 }) }),
]);
export type Because = Static<typeof Because>;

/** One rule applied to one candidate, with what was seen and what was needed, in plain values. */
export const RuleCheck = Type.Object({
  rule: Id('rule'),
  ok: Type.Boolean(),
  value: Type.Optional(Type.String({ maxLength: 200 })),
  needs: Type.Optional(Type.String({ maxLength: 200 })),
  /** What `value` and `needs` say in English, where they are more than a plain value. */
  saw: Type.Optional(Said),
  wants: Type.Optional(Said),
  /** What `value` says in English, of the rule `likes`. */
  liking: Type.Optional(Liking),
});
export type RuleCheck = Static<typeof RuleCheck>;

export const Candidate = Type.Object({
  campaign: Id('campaign'),
  campaignVersion: Type.Integer({ minimum: 1 }),
  name: Type.Optional(Type.String({ maxLength: 200 })),
  sku: Type.Optional(Sku),
  outcome: Type.Union([Outcome, Type.Literal('outbid')]),
  reason: Type.Optional(Id('reason code')),
  checks: Type.Array(RuleCheck, { maxItems: 32 }),
  score: Type.Optional(Type.Number()),
});
export type Candidate = Static<typeof Candidate>;

export const Offer = Type.Object({
  sku: Sku,
  name: Type.String({ maxLength: 300 }),
  headline: Type.String({ maxLength: 300 }),
  priceMinor: Minor('price now'),
  wasMinor: Minor('price before'),
  currency: Currency,
  percent: Type.Optional(Type.Number()),
  why: Type.Optional(
    Type.String({
      maxLength: 300,
      description: 'why this person sees it, in plain English; pages use `because`',
    }),
  ),
  because: Type.Optional(Because),
  couponId: Type.Optional(Id('coupon')),
  validUntil: Instant,
  art: Type.Optional(Id('product art')),
  piecesLeft: Type.Optional(Type.Integer()),
  piecesOf: Type.Optional(Type.Integer()),
  pieceName: Type.Optional(Type.String({ maxLength: 60, description: 'plural noun: "bottles"' })),
  size: Type.Optional(Type.String({ maxLength: 100, description: 'for people: "750 ml"' })),
  smallPrint: Type.Optional(Type.String({ maxLength: 500 })),
});
export type Offer = Static<typeof Offer>;

export const PromoDecision = Type.Object(
  {
    decisionId: Id('decision'),
    storyId: Id('story'),
    outcome: Outcome,
    surface: SurfaceSchema,
    zone: Type.Optional(ZoneId),
    screen: Type.Optional(Id('screen')),
    sid: Type.Optional(Sid),
    campaign: Type.Optional(Id('campaign')),
    campaignVersion: Type.Optional(Type.Integer({ minimum: 1 })),
    reason: Type.Optional(Id('reason code')),
    offer: Type.Optional(Offer),
    candidates: Type.Array(Candidate, { maxItems: 64 }),
    /** What the decision stood on: enough to explain and re-run it without the journal. */
    inputs: Type.Record(Type.String(), Type.Unknown()),
    sealed: Type.Optional(Sealed),
  },
  { description: 'An offer was made, withheld for comparison, or refused with a reason' },
);
export type PromoDecision = Static<typeof PromoDecision>;

export const PromoStop = Type.Object(
  {
    stopId: Id('stop'),
    scope: Type.Union([Type.Literal('all'), Type.Object({ campaign: Id('campaign') })]),
    reason: Type.String({ maxLength: 500 }),
    active: Type.Boolean(),
    by: Id('who'),
  },
  { description: 'Staff stopped offers, or brought them back' },
);
export type PromoStop = Static<typeof PromoStop>;

export const MediaPlay = Type.Object(
  {
    screen: Id('screen'),
    decisionId: Type.Optional(Id('decision')),
    contentId: Id('content'),
    shownAt: Instant,
    campaign: Type.Optional(Id('campaign')),
    sku: Type.Optional(Sku),
    late: Type.Optional(
      Type.Boolean({ description: 'told more than a minute later: the screen was cut off meanwhile' }),
    ),
  },
  { description: 'A screen showed a creative' },
);
export type MediaPlay = Static<typeof MediaPlay>;

export const PushSent = Type.Object(
  {
    decisionId: Id('decision'),
    sid: Sid,
    channel: Type.Union([Type.Literal('socket'), Type.Literal('push')]),
    outcome: Type.Union([Type.Literal('sent'), Type.Literal('expired'), Type.Literal('failed')]),
    reason: Type.Optional(Id('reason')),
  },
  { description: 'A personal offer reached, or missed, the own phone' },
);
export type PushSent = Static<typeof PushSent>;

export const PushClicked = Type.Object(
  {
    decisionId: Id('decision'),
    sid: Sid,
    action: Type.Union([Type.Literal('open'), Type.Literal('code')], {
      description: 'open: the notification itself; code: its button that shows the code at once',
    }),
  },
  { description: 'A person opened the offer from the notification' },
);
export type PushClicked = Static<typeof PushClicked>;
