import { Manager, type Socket } from 'socket.io-client';
import type { SignageContent } from '../../../edge/contracts/index.js';
import { ROLES, type Role } from '../../../edge/ports.js';
import type { Access } from '../../../edge/serve/access.js';
import { until } from '../../support/until.js';
import { joinOutcome, type TestStore } from '../support.js';
import type { Cells } from './cells.js';

type EventRow = Access['events'][number];

const SCREEN = 'screen-1';
const WITHIN_MS = 10_000;
/** The least that each event of a page carries. */
const SAYS: Readonly<Record<string, readonly unknown[]>> = {
  clock: [],
  stories: [{ limit: 1 }],
  seen: [{ decisionId: 'none' }],
};

const joins = (role: Role, namespace: string): string => `${role} joins ${namespace}`;
const cellOf = (role: Role, { namespace, event, from }: EventRow): string =>
  `${role} in ${namespace} ${from === 'store' ? 'hears' : 'says'} ${event}`;

/** What the table says. */
export function expectedSockets({ namespaces, events }: Pick<Access, 'namespaces' | 'events'>): Cells {
  const cells = new Map<string, boolean>();
  for (const role of ROLES) {
    for (const { namespace, join, watch } of namespaces)
      cells.set(joins(role, namespace), join.includes(role) || watch.includes(role));
    for (const row of events) cells.set(cellOf(role, row), row.roles.includes(role));
  }
  return cells;
}

/** A place in one namespace that a role asked for, and what it heard there. */
interface Seat {
  readonly role: Role;
  readonly namespace: string;
  readonly token: string;
  readonly socket: Socket;
  readonly heard: Set<string>;
  readonly outcome: string;
  content?: SignageContent;
}

/**
 * What a running store does: a client of each role joins each namespace, says each event of a page, and everything
 * happens that the store tells of. The last of it erases a shopper and sends the screen away.
 */
export async function askSockets(store: TestStore, { namespaces, events }: Access): Promise<Cells> {
  const { sid } = (await store.call('/v1/shoppers', { token: store.token('admin'), body: {} })).body;
  const seats: Seat[] = [];
  for (const role of ROLES)
    for (const { namespace } of namespaces) seats.push(await take(store, { role, namespace, sid }));
  const cells = new Map<string, boolean>();
  for (const seat of seats) cells.set(joins(seat.role, seat.namespace), seat.outcome === 'connected');
  for (const row of events.filter(({ from }) => from === 'page'))
    for (const seat of seats)
      if (seat.namespace === row.namespace)
        cells.set(cellOf(seat.role, row), await counts(store, seat, row.event));
  await everythingHappens(store, seats, sid);
  for (const row of events.filter(({ from }) => from === 'store')) {
    // One that nobody at all heard did not happen, and would prove nothing about those who may not hear it.
    await until(() => seats.some((seat) => hears(seat, row)), {
      withinMs: WITHIN_MS,
      what: `${row.namespace} ${row.event} to be heard by anybody`,
    });
  }
  await Promise.all(seats.map((seat) => caughtUp(seat, events)));
  for (const row of events.filter(({ from }) => from === 'store'))
    for (const seat of seats)
      if (seat.namespace === row.namespace) cells.set(cellOf(seat.role, row), hears(seat, row));
  return cells;
}

const hears = (seat: Seat, row: EventRow): boolean =>
  seat.namespace === row.namespace && seat.heard.has(row.event);

async function take(
  store: TestStore,
  { role, namespace, sid }: { role: Role; namespace: string; sid: string },
): Promise<Seat> {
  const token = role === 'shopper' ? store.token(role, sid) : store.token(role);
  const socket = store.socket(namespace, { token, screen: SCREEN });
  const heard = new Set<string>();
  const seat: Seat = { role, namespace, token, socket, heard, outcome: '' };
  socket.onAny((event: string, payload: unknown) => {
    heard.add(event);
    if (event === 'content') seat.content = payload as SignageContent;
  });
  return Object.assign(seat, { outcome: await joinOutcome(socket) });
}

/** True when the store takes the event from this seat: answers it, and counts what is to be counted. */
async function counts(store: TestStore, seat: Seat, event: string): Promise<boolean> {
  if (seat.outcome !== 'connected') return answersUnasked(store, seat, event);
  if (event !== 'shown') return answers(seat.socket, event);
  const before = await plays(store);
  await until(() => seat.content !== undefined, { withinMs: WITHIN_MS, what: 'a content to confirm' });
  const shown = { contentId: seat.content?.slides[0]?.contentId, shownAt: new Date().toISOString() };
  const answer = await seat.socket.timeout(WITHIN_MS).emitWithAck('shown', shown);
  if (answer.ok !== true) throw new Error(`${seat.role} shows: ${JSON.stringify(answer)}`);
  return (await plays(store)) > before;
}

async function answers(socket: Socket, event: string): Promise<boolean> {
  await socket.timeout(WITHIN_MS).emitWithAck(event, ...(SAYS[event] ?? []));
  return true;
}

const plays = async (store: TestStore): Promise<number> =>
  (await store.call('/v1/topics/media.play/events?limit=1000', { token: store.token('admin') })).body.events
    .length;

/** Says it although it was not let in: the client itself would keep such a message back, its connection does not. */
async function answersUnasked(store: TestStore, seat: Seat, event: string): Promise<boolean> {
  const { namespace, token } = seat;
  const manager = new Manager(store.url, {
    transports: ['websocket'],
    reconnection: false,
    autoConnect: false,
  });
  await new Promise<void>((done, fail) => manager.open((error) => (error ? fail(error) : done())));
  const { engine } = manager;
  const ended = new Promise<boolean>((done) => engine.once('close', () => done(false)));
  const packet = (start: string): Promise<boolean> =>
    new Promise((done) => engine.on('data', (text) => String(text).startsWith(start) && done(true)));
  const refused = packet(`4${namespace},`);
  engine.send(`0${namespace},${JSON.stringify({ token, screen: SCREEN })}`);
  await Promise.race([refused, ended]);
  const answered = packet(`3${namespace},7`);
  engine.send(`2${namespace},7${JSON.stringify([event, ...(SAYS[event] ?? [{}])])}`);
  const taken = await Promise.race([answered, ended]);
  engine.close();
  return taken;
}

/** An offer stopped, a screen named, a shopper erased, a player sent away. */
async function everythingHappens(store: TestStore, seats: readonly Seat[], sid: string): Promise<void> {
  const admin = { token: store.token('admin') };
  const screen = seats.find(({ role, namespace }) => role === 'screen' && namespace === '/signage');
  const must = async (
    path: string,
    options: { method?: string; body?: object },
  ): Promise<{ id?: string }> => {
    const { status, text, body } = await store.call(path, { ...admin, ...options });
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
    return body;
  };
  await must(`/v1/screens/${SCREEN}/identify`, { method: 'POST' });
  await until(() => screen?.content?.slides.some(({ kind }) => kind === 'offer'), {
    withinMs: WITHIN_MS,
    what: 'an offer on the screen',
  });
  const { id } = await must('/v1/stop', { body: { scope: 'all', reason: 'recall' } });
  await until(() => screen?.heard.has('revoke'), { withinMs: WITHIN_MS, what: 'the offer to be taken back' });
  await must(`/v1/stop/${id}`, { method: 'DELETE' });
  await until(() => seats.some(({ heard }) => heard.has('story')), { withinMs: WITHIN_MS, what: 'a story' });
  await must(`/v1/shoppers/${sid}/erasure`, { body: { reason: 'asked at the desk' } });
  store.app.auth.revoke(SCREEN);
}

/** What was sent before an answer is here once the answer is. Who was cut has nothing more to come. */
async function caughtUp({ namespace, socket, outcome }: Seat, events: readonly EventRow[]): Promise<void> {
  if (outcome !== 'connected' || socket.disconnected) return;
  const { event } = events.find(
    (row) => row.namespace === namespace && row.from === 'page' && row.event in SAYS,
  )!;
  const gone = new Promise<unknown>((done) => socket.once('disconnect', done));
  await Promise.race([gone, answers(socket, event)]);
}
