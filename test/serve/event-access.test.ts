/**
 * S1: which events a role may read, by each way to events. The rules stand here once more, written by hand; the code's
 * own table is held against them, and then every cell is asked of a real store.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOPIC_NAMES, type TopicName } from '../../edge/contracts/index.js';
import { type Draft, ROLES, type Role } from '../../edge/ports.js';
import { type Access, accessPage } from '../../edge/serve/access.js';
import { EVENT_WAYS, type EventWay, mayRead } from '../../edge/serve/event-access.js';
import { keptPromise } from '../support/promise.js';
import { until } from '../support/until.js';
import { startTestStore, type TestStore } from './support.js';

/**
 * j: found in the journal; x: in its file; e: read page by page by topic; s: live by topic. A device, a till, a screen,
 * a shopper and nobody read no event by any way.
 */
const REFERENCE = `
                    viewer  associate  store-manager  media-manager  admin
  presence.sighting   j        jx          jxes           jxes       jxes
  presence.traffic    j        jx          jxes           jxes       jxes
  presence.zone       j        jx          jxes           jxes       jxes
  presence.minute     j        jx          jxes           jxes       jxes
  shelf.reading       j        jx          jxes           jxes       jxes
  stock.level         j        jx          jxes           jxes       jxes
  pos.transaction     j        jx          jxes           jxes       jxes
  coupon.request      j        jx          jxes           jxes       jxes
  coupon.issued       j        jx          jxes           jxes       jxes
  coupon.redeemed     j        jx          jxes           jxes       jxes
  coupon.answered     j        jx          jxes           jxes       jxes
  fraud.verdict       j        jx          jxes           jxes       jxes
  consent.receipt     j        jx          jxes           jxes       jxes
  consent.withdrawn   j        jx          jxes           jxes       jxes
  loyalty.profile     j        jx          jxes           jxes       jxes
  erasure.done        j        jx          jxes           jxes       jxes
  promo.decision      j        jx          jxes           jxes       jxes
  promo.stop          j        jx          jxes           jxes       jxes
  media.play          j        jx          jxes           jxes       jxes
  push.sent           j        jx          jxes           jxes       jxes
  push.clicked        j        jx          jxes           jxes       jxes
  device.online       j        jx          jxes           jxes       jxes
  device.offline      j        jx          jxes           jxes       jxes
  tick                j        jx          jxes           jxes       jxes
  gap.declared        j        jx          jxes           jxes       jxes
  gap.shed            j        jx          jxes           jxes       jxes
  quarantine.event    j        jx          jxes           jxes       jxes
  audit.entry         -        -           jxes           -          jxes
  hq.campaign         je       jxe         jxes           jxes       jxes
  hq.catalog          je       jxe         jxes           jxes       jxes
  hq.policy           je       jxe         jxes           jxes       jxes
`;
const LETTERS: Readonly<Record<EventWay, string>> = { journal: 'j', export: 'x', events: 'e', stream: 's' };
type Cell = `${string} ${Role | 'nobody'} ${EventWay}`;

function allowedBy(text: string): ReadonlySet<Cell> {
  const [head, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return new Set(
    rows.flatMap(([type, ...cells]) =>
      cells.flatMap((cell, place) =>
        EVENT_WAYS.filter((way) => cell.includes(LETTERS[way])).map(
          (way): Cell => `${type} ${head![place] as Role} ${way}`,
        ),
      ),
    ),
  );
}

const AT_ONCE = 32;
const ASKING = [...ROLES, 'nobody'] as const;
const ALL = TOPIC_NAMES.flatMap((type) =>
  ASKING.flatMap((role) => EVENT_WAYS.map((way) => ({ type, role, way, cell: `${type} ${role} ${way}` }))),
) as readonly { type: TopicName; role: Role | 'nobody'; way: EventWay; cell: Cell }[];

let store: TestStore;
/** One event of each type that is in the journal. */
const ids = new Map<TopicName, string>();

function example(type: TopicName): Draft {
  const folder = join('test/contracts', type, 'valid');
  const [file = ''] = readdirSync(folder).sort();
  return { type, device: 'suite', data: JSON.parse(readFileSync(join(folder, file), 'utf8')) } as Draft;
}

beforeAll(async () => {
  store = await startTestStore();
  const token = store.token('admin');
  const first = async (type: TopicName): Promise<string | undefined> =>
    (await store.call(`/v1/topics/${type}/events?limit=1`, { token })).body.events[0]?.id;
  for (const type of TOPIC_NAMES) {
    if ((await first(type)) === undefined) await store.app.gate.admit([example(type)]);
    ids.set(type, await until(() => first(type), { withinMs: 5_000, what: type }));
  }
  await store.app.engine.idle();
}, 60_000);
afterAll(() => store.remove());

/** Whether the event itself came: a refusal, an empty page and a file without it are one and the same. */
async function reads(way: EventWay, type: TopicName, role: Role | 'nobody'): Promise<boolean> {
  const as = role === 'nobody' ? {} : { token: store.token(role) };
  const id = ids.get(type)!;
  switch (way) {
    case 'journal': {
      const found = (await store.call(`/v1/journal?type=${type}&limit=200`, as)).text.includes(`"${id}"`);
      const one = (await store.call(`/v1/journal/${encodeURIComponent(id)}`, as)).status === 200;
      if (found !== one) throw new Error(`${type} as ${role}: found is ${found}, read by its id is ${one}`);
      return found;
    }
    case 'export':
      return (await store.call(`/v1/journal/export?format=json&type=${type}`, as)).text.includes(`"${id}"`);
    case 'events':
      return (await store.call(`/v1/topics/${type}/events`, as)).text.includes(`"${id}"`);
    case 'stream':
      return (await store.call(`/v1/topics/${type}/stream`, as)).status === 200;
  }
}

describe('S1 every event type, role and way to events', () => {
  const allowed = allowedBy(REFERENCE);

  it('has a row for each type of the registry, and the code says the same', () => {
    const types = new Set([...allowed].map((cell) => cell.split(' ')[0]));
    expect([...types].sort()).toEqual([...TOPIC_NAMES].sort());
    const wrong = ALL.filter(
      ({ type, role, way, cell }) => (role !== 'nobody' && mayRead(way, role, type)) !== allowed.has(cell),
    );
    expect(wrong.map(({ cell }) => cell)).toEqual([]);
  });

  it('stands in the table of who may what, as it is asked for and as it is printed', async () => {
    const access: Access = (await store.call('/v1/access', { token: store.token('viewer') })).body;
    const cells = access.reading.flatMap(({ type, ways }) =>
      EVENT_WAYS.flatMap((way) => ways[way].map((role): Cell => `${type} ${role} ${way}`)),
    );
    expect(cells.sort()).toEqual([...allowed].sort());
    const printed = accessPage(access).split('## Events')[1]!.split('## Sockets')[0]!;
    const text = printed
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.includes('---'))
      .map((line) => line.replaceAll('`', '').replaceAll('|  ', '| - ').replaceAll('|', ' ').trim())
      .join('\n');
    expect([...allowedBy(text.replace('event', ''))].sort()).toEqual([...allowed].sort());
  });

  const disagreements = async (
    table: ReadonlySet<Cell>,
    cells: readonly (typeof ALL)[number][],
  ): Promise<Cell[]> => {
    const wrong: Cell[] = [];
    for (let from = 0; from < cells.length; from += AT_ONCE) {
      const some = cells.slice(from, from + AT_ONCE);
      const answers = await Promise.all(some.map(({ type, role, way }) => reads(way, type, role)));
      some.forEach(({ cell }, place) => {
        if (answers[place] !== table.has(cell)) wrong.push(cell);
      });
    }
    return wrong;
  };

  it('gives each event to exactly those whom the table names, asked of a real store', async () => {
    expect(await disagreements(allowed, ALL)).toEqual([]);
    const control = allowedBy(REFERENCE.replace(/(audit\.entry +)-/, '$1j').replace(/(tick +)j /, '$1- '));
    const few = ALL.filter(({ type, role }) => role === 'viewer' && ['audit.entry', 'tick'].includes(type));
    expect(await disagreements(control, few)).toEqual(['tick viewer journal', 'audit.entry viewer journal']);
    keptPromise({
      promise: 'S1 (events)',
      what: `${TOPIC_NAMES.length} event types × ${ASKING.length} who ask × ${EVENT_WAYS.length} ways, each cell asked`,
      figure: `${ALL.length} cells, 0 disagree with the table that was written by hand`,
      control: 'a table with one cell more and one less: both are found out',
    });
  }, 120_000);

  it('explains to staff alone, and tells nothing of what came of no decision', async () => {
    const wrong: string[] = [];
    for (const type of ['audit.entry', 'quarantine.event', 'tick'] as const) {
      for (const role of ASKING) {
        const as = role === 'nobody' ? {} : { token: store.token(role) };
        const { status } = await store.call('/v1/explain', { ...as, body: { id: ids.get(type) } });
        const staff = allowed.has(`tick ${role} journal`);
        if (status !== (staff ? 404 : role === 'nobody' ? 401 : 403))
          wrong.push(`${role} ${type}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('shows people no whole code of a coupon, viewers nothing that was set aside, and nobody the salt', async () => {
    const code = (example('coupon.issued').data as { code: string }).code;
    const body = (example('quarantine.event').data as { body: string }).body;
    const text = async (path: string, role: Role) =>
      (await store.call(path, { token: store.token(role) })).text;
    for (const role of ['viewer', 'associate', 'admin'] as const) {
      expect(await text('/v1/journal?type=coupon.issued', role)).not.toContain(code);
      const found = (await text('/v1/journal?type=quarantine.event', role)).includes(JSON.stringify(body));
      expect(found, role).toBe(role !== 'viewer');
      for (const way of ['/v1/journal?type=hq.policy', '/v1/topics/hq.policy/events'])
        expect(await text(way, role)).not.toContain('salt');
    }
    expect(await text('/v1/journal/export?type=coupon.issued', 'admin')).not.toContain(code);
    expect(await text('/v1/topics/coupon.issued/events', 'admin'), 'control: machines').toContain(code);
  });
});
