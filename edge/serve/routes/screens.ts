/** What staff do with the screens of the store: let them say their names, send a player away, change what they play. */
import { type Static, Type } from '@sinclair/typebox';
import { Id } from '../../contracts/events/common.js';
import { type Refusal, type Screen, ScreenProgramme } from '../../contracts/index.js';
import type { Actor, Audit, Role } from '../../ports.js';
import { noted } from '../audit/noted.js';
import type { MediaFiles } from '../media/media-files.js';
import { type Answer, DATA_ROLES, MANAGER_ROLES, ok, type Route, route, STAFF_ROLES } from './route.js';

export interface ScreenDeps {
  readonly audit: Pick<Audit, 'note'>;
  readonly media: Pick<MediaFiles, 'list'>;
  readonly screensOf: () => readonly Screen[];
  readonly saveScreen: (screen: Screen) => Promise<void>;
  readonly dismissPlayer: (screen: string, reason: string) => void;
  readonly identify: (screen: string | 'all') => number;
}

const FLOOR_ROLES: readonly Role[] = STAFF_ROLES.filter((role) => role !== 'viewer');
const Told = Type.Object({ told: Type.Integer({ description: 'screens that show their name now' }) });
const OneScreen = Type.Object({ screen: Id('screen') });
const Programme = Type.Object(
  { name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })), ...ScreenProgramme },
  { additionalProperties: false },
);
type Programme = Static<typeof Programme>;
const JOURNAL = ['QuotaReached', 'DiskFull', 'DiskFailed'] as const;

export function screenRoutes(deps: ScreenDeps): readonly Route[] {
  return [
    identifyAllRoute(deps),
    identifyRoute(deps),
    dismissRoute(deps),
    readRoute(deps),
    programmeRoute(deps),
  ];
}

const missing = (deps: ScreenDeps, screen: string): Refusal | undefined =>
  deps.screensOf().some(({ id }) => id === screen)
    ? undefined
    : { reason: 'NotFound', detail: `the store has no screen ${screen}`, field: '/screen' };

/** Whoever makes every screen of a shop say its name interrupts what was paid for. */
async function identify(deps: ScreenDeps, screen: string, actor: Actor): Promise<Answer> {
  const told = await noted(deps.audit, { action: 'screen.identify', ...actor, target: screen }, () => ({
    told: deps.identify(screen),
  }));
  return ok(told);
}

const identifyAllRoute = (deps: ScreenDeps): Route =>
  route({
    method: 'post',
    path: '/v1/screens/identify',
    tag: 'Screens',
    audit: { notes: ['screen.identify'] },
    summary: 'All screens show their names for ten seconds',
    roles: FLOOR_ROLES,
    answers: { 200: { description: 'Told', schema: Told } },
    refusals: [...JOURNAL],
    handle: ({ actor }) => identify(deps, 'all', actor),
  });

const identifyRoute = (deps: ScreenDeps): Route =>
  route({
    method: 'post',
    path: '/v1/screens/{screen}/identify',
    tag: 'Screens',
    audit: { notes: ['screen.identify'] },
    summary: 'The screen shows its name for ten seconds',
    roles: FLOOR_ROLES,
    params: OneScreen,
    answers: { 200: { description: 'Told; 0 where the screen is silent', schema: Told } },
    refusals: ['NotFound', ...JOURNAL],
    example: { params: { screen: 'nowhere' } },
    handle: ({ params: { screen }, actor }) => missing(deps, screen) ?? identify(deps, screen, actor),
  });

const dismissRoute = (deps: ScreenDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/screens/{screen}/player',
    tag: 'Screens',
    audit: { notes: ['screen.dismiss'], why: 'person' },
    summary: 'Send the player of a screen away: its session ends and it shows a pairing code',
    roles: MANAGER_ROLES,
    params: OneScreen,
    answers: { 204: { description: 'It is no screen of the store any more' } },
    refusals: ['NotFound', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { screen: 'nowhere' } },
    handle: async ({ params: { screen }, actor }) => {
      const refusal = missing(deps, screen);
      if (refusal !== undefined) return refusal;
      await noted(deps.audit, { action: 'screen.dismiss', ...actor, target: screen }, () => {
        deps.dismissPlayer(screen, 'sent away');
        return true;
      });
      return { status: 204 };
    },
  });

const readRoute = (deps: ScreenDeps): Route =>
  route({
    method: 'get',
    path: '/v1/screens/{screen}/programme',
    tag: 'Screens',
    summary: 'What the screen was told to play, and when',
    roles: STAFF_ROLES,
    params: OneScreen,
    answers: { 200: { description: 'Its programme', schema: Programme } },
    refusals: ['NotFound'],
    example: { params: { screen: 'nowhere' } },
    handle: ({ params: { screen } }) => {
      const found = deps.screensOf().find(({ id }) => id === screen);
      if (found === undefined) return missing(deps, screen)!;
      const { name, orientation, playlist, awake, group } = found;
      return ok({ name, orientation, playlist, awake, group });
    },
  });

const programmeRoute = (deps: ScreenDeps): Route =>
  route({
    method: 'put',
    path: '/v1/screens/{screen}/programme',
    tag: 'Screens',
    audit: { notes: ['screen.programme'] },
    summary: 'Change what the screen plays; it follows within a second',
    description: 'Replaces the whole programme. It outlives a restart and goes before what store.yaml says.',
    roles: DATA_ROLES,
    params: OneScreen,
    body: Programme,
    answers: { 200: { description: 'As it is now', schema: Programme } },
    refusals: ['NotFound', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { screen: 'nowhere' }, body: { playlist: [{ show: 'offer' }, { show: 'house' }] } },
    handle: async ({ params: { screen }, body, actor }) => {
      const found = deps.screensOf().find(({ id }) => id === screen);
      if (found === undefined) return missing(deps, screen)!;
      const unknown = unknownMedia(deps, body);
      if (unknown !== undefined) return unknown;
      const { id, zone, at } = found;
      await noted(deps.audit, { action: 'screen.programme', ...actor, target: screen }, async () => {
        await deps.saveScreen({ id, zone, ...(at === undefined ? {} : { at }), ...body });
        return true;
      });
      return ok(body);
    },
  });

/** A place for a file that is not there would stay a hole on the wall. */
function unknownMedia(deps: ScreenDeps, { playlist }: Programme): Refusal | undefined {
  const held = new Set(deps.media.list().map(({ name }) => name));
  const place = (playlist ?? []).findIndex(
    ({ show, media }) => show === 'media' && (media === undefined || !held.has(media)),
  );
  if (place < 0) return undefined;
  return {
    reason: 'NotFound',
    detail: 'there is no such file; upload it first with POST /v1/media',
    field: `/playlist/${place}/media`,
  };
}
