import { type Static, Type } from '@sinclair/typebox';
import { Id, TimeOfDay } from './events/common.js';

/** Hours of the store's own wall clock; a part that ends before it starts runs over midnight. */
export const Daypart = Type.Object({
  from: TimeOfDay,
  until: TimeOfDay,
  days: Type.Optional(
    Type.Array(Type.Integer({ minimum: 1, maximum: 7, description: 'ISO weekday, 1 is Monday' })),
  ),
});
export type Daypart = Static<typeof Daypart>;

/** Name of an uploaded file: the SHA-256 of its bytes and what it is. */
export const MediaName = Type.String({
  pattern: '^[0-9a-f]{64}\\.(png|jpg|webp|mp4|webm)$',
  description: 'name that POST /v1/media answered with',
});

export const PLAYLIST_ITEMS_MAX = 40;
const SECONDS_MIN = 3;
const SECONDS_MAX = 3_600;

/** One place in the rotation of a screen. */
export const PlaylistItem = Type.Object({
  show: Type.Union([Type.Literal('offer'), Type.Literal('house'), Type.Literal('media')], {
    description:
      '`offer`: an open offer that the store decides for this screen; `house`: words of the store; `media`: an uploaded picture or film',
  }),
  seconds: Type.Optional(Type.Number({ minimum: SECONDS_MIN, maximum: SECONDS_MAX, default: 10 })),
  media: Type.Optional(MediaName),
  /** A creative of a campaign plays only while that campaign runs and nobody has stopped it. */
  campaign: Type.Optional(Id('campaign')),
  headline: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  line: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  dayparts: Type.Optional(Type.Array(Daypart, { minItems: 1, maxItems: 16 })),
});
export type PlaylistItem = Static<typeof PlaylistItem>;

/** What a screen may be told beside where it stands; every field may be left out. */
export const ScreenProgramme = {
  orientation: Type.Optional(Type.Union([Type.Literal('landscape'), Type.Literal('portrait')])),
  playlist: Type.Optional(Type.Array(PlaylistItem, { minItems: 1, maxItems: PLAYLIST_ITEMS_MAX })),
  /** Hours in which it is lit; always when left out. */
  awake: Type.Optional(Type.Array(Daypart, { minItems: 1, maxItems: 16 })),
  /** Screens of one group change their pictures at the same moment. */
  group: Type.Optional(Id('group of screens')),
} as const;
