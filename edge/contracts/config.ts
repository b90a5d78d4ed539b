import { type Static, Type } from '@sinclair/typebox';
import { Currency, Id, TimeOfDay, ZoneId } from './events/common.js';
import { ScreenProgramme } from './playlist.js';

const Point = Type.Tuple([Type.Number(), Type.Number()], {
  description: '[x, y] in metres from the upper left corner of the plan',
});

export const Zone = Type.Object({
  id: ZoneId,
  name: Type.String({ minLength: 1, maxLength: 100 }),
  /** Corners in metres; omit for a zone that is not drawn. */
  polygon: Type.Optional(Type.Array(Point, { minItems: 3, maxItems: 64 })),
  kind: Type.Optional(
    Type.Union([Type.Literal('aisle'), Type.Literal('entrance'), Type.Literal('checkout')]),
  ),
});
export type Zone = Static<typeof Zone>;

export const ListeningNode = Type.Object({
  id: Id('node'),
  zone: ZoneId,
  at: Type.Optional(Point),
  /** Added to every RSSI of this node, dB. */
  rssiOffset: Type.Optional(Type.Number({ minimum: -60, maximum: 60 })),
});
export type ListeningNode = Static<typeof ListeningNode>;

export const Screen = Type.Object({
  id: Id('screen'),
  name: Type.Optional(Type.String({ maxLength: 100 })),
  zone: ZoneId,
  at: Type.Optional(Point),
  ...ScreenProgramme,
});
export type Screen = Static<typeof Screen>;

export const Shelf = Type.Object({
  id: Id('shelf'),
  zone: ZoneId,
  at: Type.Optional(Point),
  skus: Type.Optional(Type.Array(Id('sku'))),
});
export type Shelf = Static<typeof Shelf>;

/** A drawn thing on the floor plan that has no meaning for decisions. */
export const Fixture = Type.Object({
  kind: Type.Union([
    Type.Literal('shelf'),
    Type.Literal('table'),
    Type.Literal('till'),
    Type.Literal('counter'),
    Type.Literal('round'),
  ]),
  at: Point,
  size: Point,
  label: Type.Optional(Type.String({ maxLength: 60 })),
});

/** How presence is judged; every field has a default, in seconds unless named otherwise. */
export const PresencePolicy = Type.Object({
  confirmS: Type.Number({
    minimum: 0,
    maximum: 60,
    default: 2,
    description: 'how long a zone must lead before a visitor is in it',
  }),
  forgetS: Type.Number({
    minimum: 1,
    maximum: 3600,
    default: 45,
    description: 'silence after which a visitor has left',
  }),
  hysteresisDb: Type.Number({ minimum: 0, maximum: 40, default: 4, description: 'lead another zone needs' }),
  smoothingS: Type.Number({
    minimum: 0.1,
    maximum: 60,
    default: 3,
    description: 'time constant of the RSSI average',
  }),
  minRssi: Type.Number({ minimum: -130, maximum: 0, default: -95 }),
});
export type PresencePolicy = Static<typeof PresencePolicy>;

const LocalTime = Type.String({
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
  description: 'HH:MM, local time of the store',
});

/** When and how often a phone may be messaged with its page closed. */
export const PushPolicy = Type.Object({
  quietHours: Type.Optional(
    Type.Object(
      { from: LocalTime, until: LocalTime },
      { description: 'no message between these; over midnight where `until` is the earlier one' },
    ),
  ),
  perDay: Type.Integer({ minimum: 0, maximum: 100, default: 3, description: 'messages a person and day' }),
});
export type PushPolicy = Static<typeof PushPolicy>;

/** `hq.policy`: the part of the configuration that decisions depend on; journalled, so that a replay knows which ruled. */
export const StorePolicy = Type.Object(
  {
    store: Type.Object({
      id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }),
      name: Type.Optional(Type.String({ maxLength: 200 })),
      timeZone: Type.String({ maxLength: 64, description: 'IANA time zone' }),
      currency: Currency,
      locale: Type.String({ maxLength: 35, description: 'BCP 47' }),
      opensAt: Type.Optional(TimeOfDay),
      closesAt: Type.Optional(TimeOfDay),
    }),
    zones: Type.Array(Zone),
    nodes: Type.Array(ListeningNode),
    screens: Type.Array(Screen),
    shelves: Type.Array(Shelf),
    fixtures: Type.Optional(Type.Array(Fixture)),
    plan: Type.Optional(
      Type.Object({
        widthM: Type.Number({ exclusiveMinimum: 0 }),
        heightM: Type.Number({ exclusiveMinimum: 0 }),
      }),
    ),
    presence: PresencePolicy,
    consentDays: Type.Integer({ minimum: 1, maximum: 3650, default: 365 }),
    push: Type.Optional(PushPolicy),
    offline: Type.Object({
      maxValueMinor: Type.Integer({
        minimum: 0,
        default: 500,
        description: 'highest discount a cut-off till may accept by signature',
      }),
    }),
  },
  { description: 'The store, its floor and its rules' },
);
export type StorePolicy = Static<typeof StorePolicy>;

/** Policies of earlier versions held the secret that makes coupon codes unguessable: nobody reads it there. */
export function withoutSalt(policy: StorePolicy): StorePolicy {
  if (!('salt' in policy)) return policy;
  const { salt: _salt, ...rest } = policy as StorePolicy & { readonly salt: unknown };
  return rest;
}
