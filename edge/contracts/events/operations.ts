import { type Static, Type } from '@sinclair/typebox';
import { Id, Instant } from './common.js';

export const DeviceState = Type.Object(
  {
    device: Id('device'),
    kind: Id('kind of device'),
    reason: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { description: 'A device came or went' },
);
export type DeviceState = Static<typeof DeviceState>;

/** Time made visible: the only way the core learns that time has passed while nothing else happened. */
export const Tick = Type.Object(
  {
    at: Instant,
    /** Set when the store's clock stopped, or began again, to be sure: nothing that depends on the hour is offered meanwhile. */
    clock: Type.Optional(Type.Union([Type.Literal('sure'), Type.Literal('unsure')])),
  },
  { description: 'A timer of the core came due' },
);
export type Tick = Static<typeof Tick>;

export const GapDeclared = Type.Object(
  {
    lane: Id('lane'),
    from: Type.Integer({ minimum: 1 }),
    to: Type.Integer({ minimum: 1 }),
    reason: Id('reason code'),
  },
  { description: 'Events that could not be kept, named in their own place' },
);
export type GapDeclared = Static<typeof GapDeclared>;

/** Readings without a place in a lane (sightings, timers) that had to go: nothing else would tell that they were there. */
export const GapShed = Type.Object(
  {
    class: Id('class of the readings'),
    count: Type.Integer({ minimum: 1 }),
    /** How many of each type. */
    types: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
    from: Instant,
    to: Instant,
    reason: Id('reason code'),
  },
  { description: 'Readings that stay in the store were dropped before their time' },
);
export type GapShed = Static<typeof GapShed>;

export const QuarantineEvent = Type.Object(
  {
    quarantineId: Id('quarantine record'),
    reason: Id('refusal reason'),
    detail: Type.String({ maxLength: 2_000 }),
    field: Type.Optional(Type.String({ maxLength: 500 })),
    channel: Type.Union([
      Type.Literal('mqtt'),
      Type.Literal('http'),
      Type.Literal('file'),
      Type.Literal('core'),
      Type.Literal('hq'),
    ]),
    topic: Type.String({ maxLength: 1_000, description: 'where it came in, with device identities masked' }),
    device: Id('who sent it'),
    adapter: Type.Optional(Id('adapter')),
    /** The masked original, as text or base64; long ones are cut and say so. */
    body: Type.String({ maxLength: 300_000 }),
    encoding: Type.Union([Type.Literal('utf8'), Type.Literal('base64')]),
    cut: Type.Boolean(),
    bytes: Type.Integer({ minimum: 0 }),
    /** Set when this record stands for messages of one sender that were counted and not stored one by one. */
    more: Type.Optional(
      Type.Object({
        count: Type.Integer({ minimum: 1 }),
        from: Instant,
        to: Instant,
        reasons: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
      }),
    ),
    /** Set when this record settles an earlier one: `mended` (replayed as event id) or `left`. */
    settles: Type.Optional(
      Type.Object({
        quarantineId: Id('record'),
        as: Type.Union([Type.Literal('mended'), Type.Literal('left')]),
        by: Id('who'),
      }),
    ),
  },
  { description: 'Something that could not be understood was set aside' },
);
export type QuarantineEvent = Static<typeof QuarantineEvent>;

export const AuditEntry = Type.Object(
  {
    by: Id('who'),
    action: Id('what'),
    target: Type.String({ maxLength: 300 }),
    reason: Type.Optional(Type.String({ maxLength: 500 })),
    role: Type.Optional(Id('role in which they did it')),
    outcome: Type.Optional(
      Type.Union([Type.Literal('done'), Type.Literal('refused'), Type.Literal('failed')]),
    ),
    detail: Type.Optional(Type.String({ maxLength: 500 })),
    /** Added on the way into the journal; absent in entries that are older than the chain. */
    chain: Type.Optional(
      Type.Object({
        n: Type.Integer({ minimum: 1, description: 'dense, from 1' }),
        prev: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'hash of the entry before' }),
        hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 over this entry and `prev`' }),
      }),
    ),
  },
  { description: 'Somebody did something that must be answered for' },
);
export type AuditEntry = Static<typeof AuditEntry>;
