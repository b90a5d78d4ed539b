/** What goes over each namespace, as published. The TypeScript types are those of `edge/contracts/sockets.ts`. */
import { type TSchema, Type } from '@sinclair/typebox';
import type { NAMESPACES } from '../../contracts/index.js';
import { Daypart, Offer } from '../../contracts/index.js';
import { Story } from '../routes/shapes.js';

export interface SocketEventRow {
  readonly namespace: keyof typeof NAMESPACES;
  readonly event: string;
  readonly from: 'store' | 'page';
  readonly what: string;
  readonly payload: TSchema;
}

const Revision = Type.Integer({
  description: 'increases with every change; an older one is never shown over a newer',
});
const Slide = Type.Object({
  contentId: Type.String(),
  kind: Type.Union([Type.Literal('offer'), Type.Literal('house'), Type.Literal('media')]),
  decisionId: Type.Optional(Type.String()),
  campaign: Type.Optional(Type.String()),
  seconds: Type.Number(),
  offer: Type.Optional(Offer),
  headline: Type.Optional(Type.String()),
  line: Type.Optional(Type.String()),
  media: Type.Optional(
    Type.String({ description: 'file below /v1/media/, named by the SHA-256 of its bytes' }),
  ),
  dayparts: Type.Optional(Type.Array(Daypart)),
  until: Type.Optional(Type.String({ description: 'RFC 3339; not shown from then on' })),
});
const Content = Type.Object({
  screen: Type.String(),
  screenName: Type.String(),
  storeName: Type.String(),
  locale: Type.String(),
  timeZone: Type.String(),
  revision: Revision,
  anchor: Type.Optional(
    Type.Object(
      { at: Type.String({ description: 'RFC 3339' }), slide: Type.Integer() },
      { description: 'that slide began a turn then; the rest follows from the seconds of each' },
    ),
  ),
  awake: Type.Optional(Type.Array(Daypart, { description: 'hours in which the screen is lit' })),
  asleep: Type.Optional(Type.Boolean()),
  slides: Type.Array(Slide),
});
const Revoke = Type.Object({
  revision: Revision,
  skus: Type.Optional(Type.Array(Type.String())),
  contentIds: Type.Optional(Type.Array(Type.String())),
  all: Type.Optional(Type.Boolean()),
  reason: Type.String(),
});
const Shown = Type.Object({
  contentId: Type.String(),
  decisionId: Type.Optional(Type.String()),
  shownAt: Type.String({ description: 'RFC 3339' }),
  turnAt: Type.Optional(
    Type.String({ description: 'RFC 3339; one turn is one play, however often it is told' }),
  ),
  revision: Type.Optional(Type.Integer({ description: 'of the content that held it' })),
});
const Now = Type.Object({
  at: Type.String(),
  zones: Type.Array(Type.Unknown()),
  screens: Type.Array(Type.Unknown()),
});
const View = Type.Object({ at: Type.String(), sid: Type.String(), coupons: Type.Array(Type.Unknown()) });
const Link = Type.Object({ state: Type.String(), since: Type.String(), waiting: Type.Number() });

export const SOCKET_EVENTS: readonly SocketEventRow[] = [
  {
    namespace: 'signage',
    event: 'content',
    from: 'store',
    what: 'everything the screen may show now',
    payload: Content,
  },
  { namespace: 'signage', event: 'revoke', from: 'store', what: 'take these off now', payload: Revoke },
  {
    namespace: 'signage',
    event: 'time',
    from: 'store',
    what: 'time of the store, RFC 3339',
    payload: Type.String(),
  },
  {
    namespace: 'signage',
    event: 'shown',
    from: 'page',
    what: 'a slide was shown; acknowledged after the commit',
    payload: Shown,
  },
  {
    namespace: 'signage',
    event: 'identify',
    from: 'store',
    what: 'show the name of the screen, large, for so many seconds',
    payload: Type.Object({ name: Type.String(), seconds: Type.Number() }),
  },
  {
    namespace: 'signage',
    event: 'unpaired',
    from: 'store',
    what: 'this player is no screen any more; the connection ends with it',
    payload: Type.Object({ reason: Type.String() }),
  },
  {
    namespace: 'signage',
    event: 'clock',
    from: 'page',
    what: 'acknowledged with the time of the store, epoch ms, to estimate the distance of the clocks',
    payload: Type.Null(),
  },
  {
    namespace: 'staff',
    event: 'now',
    from: 'store',
    what: 'the whole picture, at most twice a second',
    payload: Now,
  },
  { namespace: 'staff', event: 'story', from: 'store', what: 'a story began or got a step', payload: Story },
  { namespace: 'staff', event: 'link', from: 'store', what: 'link to HQ', payload: Link },
  {
    namespace: 'staff',
    event: 'stories',
    from: 'page',
    what: 'the newest stories',
    payload: Type.Object({ limit: Type.Integer() }),
  },
  {
    namespace: 'staff',
    event: 'forgotten',
    from: 'store',
    what: 'a shopper was erased: ask for the stories anew',
    payload: Type.Object({}),
  },
  {
    namespace: 'shopper',
    event: 'erased',
    from: 'store',
    what: 'the shopper was erased; the session is over',
    payload: Type.Object({ receiptId: Type.String(), at: Type.String() }),
  },
  { namespace: 'shopper', event: 'view', from: 'store', what: 'what this shopper sees', payload: View },
  {
    namespace: 'shopper',
    event: 'seen',
    from: 'page',
    what: 'the page shows this offer',
    payload: Type.Object({ decisionId: Type.String() }),
  },
];
