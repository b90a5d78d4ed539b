/** Shapes that several routes answer with. Objects stay open: a client must bear members that it does not know. */
import { Type } from '@sinclair/typebox';
import { REFUSALS } from '../../contracts/index.js';

export const Cursor = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'opaque: send back what `next` or an SSE id said',
});
export const Limit = (most: number, usual: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: usual, description: 'how many at most' }));
export const IdParam = (description: string) => Type.String({ minLength: 1, maxLength: 256, description });
export { Instant as Moment } from '../../contracts/events/common.js';

export const CloudEvent = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Type.String(),
    source: Type.String(),
    type: Type.String(),
    time: Type.Optional(Type.String()),
    recordedtime: Type.String(),
    partitionkey: Type.String(),
    dataschema: Type.String(),
    sequence: Type.Optional(
      Type.String({
        pattern: '^\\d+$',
        description: 'dense in its lane; only where the topic travels to HQ',
      }),
    ),
    ecpos: Type.Optional(Type.String({ description: 'journal / lane / sequence' })),
    data: Type.Unknown(),
  },
  { $id: 'CloudEvent', description: 'CloudEvents 1.0 with the extensions of Endcap' },
);

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    reason: Type.Union(
      Object.keys(REFUSALS).map((reason) => Type.Literal(reason)),
      { description: 'closed list; each has one status and one cure' },
    ),
    detail: Type.String(),
    instance: Type.String(),
    field: Type.Optional(Type.String({ description: 'JSON pointer into what was sent' })),
    cure: Type.String(),
  },
  { $id: 'Problem', description: 'RFC 9457' },
);

export const Story = Type.Object(
  {
    id: Type.String(),
    state: Type.String(),
    surface: Type.String(),
    outcome: Type.String(),
    title: Type.String(),
    startedAt: Type.String(),
    updatedAt: Type.String(),
    steps: Type.Array(
      Type.Object({
        step: Type.Union(
          ['entered', 'decided', 'shown', 'sent', 'redeemed', 'sold'].map((step) => Type.Literal(step)),
        ),
        at: Type.String(),
        eventId: Type.String(),
        outcome: Type.String(),
        reason: Type.Optional(Type.String()),
      }),
    ),
  },
  { $id: 'Story', description: 'What happened to one offer, from entering to the sale' },
);
