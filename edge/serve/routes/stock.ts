/** Stock as the store believes it, and the word of a person who counted. */
import { type Static, Type } from '@sinclair/typebox';
import { Id, Sku } from '../../contracts/events/common.js';
import { HAND_COUNT_SHELF, type Refusal, type StockNow } from '../../contracts/index.js';
import type { Audit, Clock, Engine } from '../../ports.js';
import { DESK_ROLES, ok, type Route, route, STAFF_ROLES } from './route.js';
import { Limit } from './shapes.js';

export interface StockDeps {
  readonly audit: Pick<Audit, 'noteWith'>;
  readonly engine: Pick<Engine, 'outcomeOf' | 'views'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const EFFECT_TIMEOUT_MS = 2_000;
/** Fewer than this, or gone within this, is low. */
const LOW_PIECES = 5;
const LOW_MINUTES = 120;

const words = (values: readonly string[]) => Type.Union(values.map((value) => Type.Literal(value)));
const Query = Type.Object({
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'words, each in name, sku, size, category, zone or shelf; a whole sku comes first',
    }),
  ),
  only: Type.Optional(words(['out', 'low', 'offered', 'uncounted'])),
  sort: Type.Optional(words(['name', 'level', 'lasts', 'age'])),
  skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  limit: Limit(500, 100),
});

export function stockRoutes(deps: StockDeps): readonly Route[] {
  return [listRoute(deps), countRoute(deps)];
}

const listRoute = (deps: StockDeps): Route =>
  route({
    method: 'get',
    path: '/v1/stock',
    tag: 'Stock',
    summary: 'Products with what is known of their pieces',
    roles: STAFF_ROLES,
    query: Query,
    answers: {
      200: {
        description: 'A page of those that fit, with how many fit and how many there are of each kind',
        schema: Type.Object({
          at: Type.String(),
          total: Type.Integer(),
          counts: Type.Record(Type.String(), Type.Integer()),
          products: Type.Array(Type.Object({ sku: Type.String(), name: Type.String() })),
        }),
      },
    },
    refusals: [],
    handle: ({ query }) => {
      const atMs = deps.clock.nowMs();
      const all = deps.engine.views.stock(atMs);
      const words = wordsOf(query.q);
      const found = all.filter((row) => fits(row, words, query.only)).sort(orderOf(query));
      const skip = query.skip ?? 0;
      return ok({
        at: new Date(atMs).toISOString(),
        total: found.length,
        counts: Object.fromEntries(
          Object.entries(KINDS).map(([kind, is]) => [kind, all.filter((row) => is(row)).length]),
        ),
        products: found.slice(skip, skip + (query.limit ?? 100)),
      });
    },
  });

const KINDS: Readonly<Record<string, (row: StockNow) => boolean>> = {
  all: () => true,
  out: ({ level }) => level !== undefined && level <= 0,
  low: ({ level, lastsMinutes }) =>
    level !== undefined && level > 0 && (level < LOW_PIECES || (lastsMinutes ?? LOW_MINUTES) < LOW_MINUTES),
  offered: ({ campaigns }) => campaigns.length > 0,
  uncounted: ({ level }) => level === undefined,
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of it
const ASCII = /^[\u0000-\u007f]*$/;
/** Small letters without accents: who types "presse" looks for "pressé". */
const plain = (text: string): string => {
  const small = text.toLowerCase();
  return ASCII.test(small) ? small : small.normalize('NFD').replace(/\p{M}/gu, '');
};
const wordsOf = (q = ''): readonly string[] => plain(q).split(/\s+/).filter(Boolean);

function fits(row: StockNow, words: readonly string[], only: string | undefined): boolean {
  if (only !== undefined && KINDS[only]?.(row) === false) return false;
  if (words.length === 0) return true;
  const { name, sku, size = '', category, zone = '', shelves } = row;
  const text = plain([name, sku, size, category, zone, ...shelves.map(({ shelf }) => shelf)].join('\n'));
  return words.every((word) => text.includes(word));
}

type Order = (left: StockNow, right: StockNow) => number;
const byName: Order = (left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);
const last = Number.POSITIVE_INFINITY;
/** What nobody knows goes to the end. */
const byNumber =
  (of: (row: StockNow) => number | undefined): Order =>
  (left, right) => {
    const [a, b] = [of(left) ?? last, of(right) ?? last];
    return a === b ? byName(left, right) : a - b;
  };
const SORTS: Readonly<Record<string, Order>> = {
  name: byName,
  level: byNumber(({ level }) => level),
  lasts: byNumber(({ level, lastsMinutes }) => (level !== undefined && level <= 0 ? -1 : lastsMinutes)),
  age: byNumber(({ levelAt }) => (levelAt === undefined ? undefined : Date.parse(levelAt))),
};

/** Whoever types the whole number of a product means that one. */
function orderOf({ q, sort = 'name' }: Static<typeof Query>): Order {
  const order = SORTS[sort] ?? byName;
  if (q === undefined) return order;
  const wanted = plain(q.trim());
  const isIt = ({ sku }: StockNow): number => (plain(sku) === wanted ? 0 : 1);
  return (left, right) => isIt(left) - isIt(right) || order(left, right);
}

const countRoute = (deps: StockDeps): Route =>
  route({
    method: 'post',
    path: '/v1/stock/{sku}/count',
    tag: 'Stock',
    audit: { notes: ['stock.count', 'stock.count.undo'] },
    summary: 'Somebody counted: the pieces of a product on its shelf',
    description:
      'Becomes a `shelf.reading` like any other. A product that no shelf weighs stands at this count until the next delivery. To undo, send what `before` said.',
    roles: DESK_ROLES,
    params: Type.Object({ sku: Sku }),
    body: Type.Object({
      count: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
      shelf: Type.Optional(Id('which of its shelves, where it has several')),
      undoes: Type.Optional(Id('event id of the count that this one takes back')),
    }),
    answers: {
      201: {
        description: 'Taken in; screens and phones follow at once',
        schema: Type.Object({
          id: Type.String({ description: 'of the reading' }),
          shelf: Type.String(),
          count: Type.Integer(),
          before: Type.Optional(Type.Integer({ description: 'what was believed until now' })),
        }),
      },
    },
    refusals: ['NotFound', 'SchemaMismatch', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { sku: 'none' }, body: { count: 3 } },
    handle: async ({ params: { sku }, body, actor }) => {
      const row = deps.engine.views.stock(deps.clock.nowMs()).find((known) => known.sku === sku);
      if (row === undefined) {
        return { reason: 'NotFound', detail: `no product ${sku} is in the catalogue`, field: '/sku' };
      }
      const shelf = shelfOf(row, body.shelf);
      if (typeof shelf !== 'string') return shelf;
      const before = row.shelves.find((known) => known.shelf === shelf)?.count ?? row.level;
      const id = `count/${sku}/${deps.clock.nowMs()}`.slice(0, 128);
      const [place] = await deps.audit.noteWith(
        {
          action: body.undoes === undefined ? 'stock.count' : 'stock.count.undo',
          ...actor,
          target: `${sku}, ${shelf}`.slice(0, 300),
          detail: `Counted ${before ?? '?'} → ${body.count}`,
          outcome: 'done',
        },
        [{ type: 'shelf.reading', device: 'desk', id, data: { shelf, sku, count: body.count } }],
      );
      await deps.engine.outcomeOf(place!.offset, EFFECT_TIMEOUT_MS);
      const said = before === undefined ? {} : { before };
      return { status: 201, body: { id, shelf, count: body.count, ...said } };
    },
  });

/** The named shelf, the only one, or none that weighs; with several a person has to say which. */
function shelfOf(row: StockNow, wanted: string | undefined): string | Refusal {
  const shelves = row.shelves.map(({ shelf }) => shelf);
  if (wanted !== undefined && (shelves.includes(wanted) || shelves.length === 0)) return wanted;
  if (wanted === undefined && shelves.length <= 1) return shelves[0] ?? HAND_COUNT_SHELF;
  return {
    reason: 'SchemaMismatch',
    detail: `${row.sku} stands on ${shelves.join(', ')}: say which was counted`.slice(0, 300),
    field: '/shelf',
  };
}
