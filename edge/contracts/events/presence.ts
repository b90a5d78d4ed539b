import { type Static, Type } from '@sinclair/typebox';
import { MINUTE_PATTERN } from '../calendar.js';
import { DurationMs, Id, Sid, ZoneId } from './common.js';

/** `s:<sid>` for an enrolled, consented shopper; `a:<keyed hash of the day>` for anybody else. Never a raw device id. */
export const Visitor = Type.String({ pattern: '^(s:s_[A-Za-z0-9_-]{10,40}|a:[A-Za-z0-9_-]{8,32})$' });

/** One node heard one tag. Stays in the store. */
export const Sighting = Type.Object(
  {
    visitor: Visitor,
    node: Id('the listening node, as named in store.yaml'),
    rssi: Type.Number({ minimum: -130, maximum: 20, description: 'dBm' }),
    rssiAt1m: Type.Optional(Type.Number({ minimum: -130, maximum: 20, description: 'dBm at one metre' })),
    distanceM: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1000, description: 'metres, as the node estimates' }),
    ),
    seq: Type.Optional(
      Type.Integer({ minimum: 0, description: "the sender's own counter, where it has one" }),
    ),
  },
  { description: 'A node heard a tag' },
);
export type Sighting = Static<typeof Sighting>;

export const ZoneChange = Type.Object(
  {
    visitor: Visitor,
    sid: Type.Optional(Sid),
    zone: ZoneId,
    change: Type.Union([Type.Literal('enter'), Type.Literal('dwell'), Type.Literal('exit')]),
    dwellMs: DurationMs,
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    nodes: Type.Array(Id('node'), { maxItems: 32 }),
  },
  { description: 'A visitor entered, stayed in or left a zone' },
);
export type ZoneChange = Static<typeof ZoneChange>;

/** People counter, cumulative since its boot. */
export const TrafficCount = Type.Object(
  {
    zone: ZoneId,
    boot: Id('changes whenever the counter restarts'),
    in: Type.Integer({ minimum: 0, maximum: 1e9 }),
    out: Type.Integer({ minimum: 0, maximum: 1e9 }),
  },
  { description: 'A people counter reported its totals since boot' },
);
export type TrafficCount = Static<typeof TrafficCount>;

export const PresenceMinute = Type.Object(
  {
    zone: ZoneId,
    minute: Type.String({ pattern: MINUTE_PATTERN }),
    visitors: Type.Integer({ minimum: 0 }),
    entered: Type.Integer({ minimum: 0 }),
    dwellMs: DurationMs,
  },
  { description: 'Zone by minute aggregate; what of presence travels to HQ' },
);
export type PresenceMinute = Static<typeof PresenceMinute>;
