/** A screen shows a code, staff type it: no link, no token, nothing secret in any address. */
import { type Static, Type } from '@sinclair/typebox';
import { Id, ZoneId } from '../../contracts/events/common.js';
import type { Refusal, Screen } from '../../contracts/index.js';
import type { Audit, ScreenStatus } from '../../ports.js';
import { noted } from '../audit/noted.js';
import type { StoreAuth } from '../auth/auth.js';
import { sessionCookie } from '../cookies.js';
import { type Claim, CODE_ALPHABET, CODE_LENGTH, type Pairing } from '../pairing/pairing.js';
import { DESK_ROLES, isRefusal, ok, type Route, route } from './route.js';

export interface PairingDeps {
  readonly auth: StoreAuth;
  readonly audit: Pick<Audit, 'note'>;
  readonly pairing: Pairing;
  readonly screens: ScreenStatus;
  readonly zones: () => readonly { readonly id: string }[];
  /** Ids that no new screen may get: of screens that the store has, or has a note of. */
  readonly takenIds: () => ReadonlySet<string>;
  /** Makes or changes a screen of the store; resolves once it is durable, and as a rule every part of it knows. */
  readonly saveScreen: (screen: Screen) => Promise<void>;
  /** Sends the player away that was this screen until now. */
  readonly dismissPlayer: (screen: string, reason: string) => void;
  readonly nowMs: () => number;
}

const REPLACED = 'another player took its place';

const NewScreen = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
  zone: ZoneId,
  orientation: Type.Optional(Type.Union([Type.Literal('landscape'), Type.Literal('portrait')])),
});
const Confirm = Type.Object({
  code: Type.String({
    minLength: 1,
    maxLength: 40,
    description: `${CODE_LENGTH} out of ${CODE_ALPHABET}; case and gaps do not matter`,
  }),
  screen: Type.Optional(Id('screen that the store has')),
  newScreen: Type.Optional(NewScreen),
});
type Confirm = Static<typeof Confirm>;

const SCREENS_MAX = 500;

export function pairingRoutes(deps: PairingDeps): readonly Route[] {
  return [beginRoute(deps), collectRoute(deps), confirmRoute(deps)];
}

const beginRoute = ({ pairing }: PairingDeps): Route =>
  route({
    method: 'post',
    path: '/v1/pairing',
    tag: 'Screens',
    audit: { exempt: 'a player asks for itself; whoever types its code answers for it' },
    summary: 'A code for a new screen, good for ten minutes and once',
    description: 'The ticket stays with the player that asked; it alone can collect the session.',
    roles: 'anyone',
    answers: {
      201: {
        description: 'Show the code',
        schema: Type.Object({ ticket: Type.String(), code: Type.String(), expiresAt: Type.String() }),
      },
    },
    refusals: ['TooManyRequests'],
    handle: async ({ address }) => {
      const begun = await pairing.begin(address);
      return 'reason' in begun ? begun : { status: 201, body: begun };
    },
  });

const collectRoute = ({ pairing, auth, dismissPlayer }: PairingDeps): Route =>
  route({
    method: 'post',
    path: '/v1/pairing/collect',
    tag: 'Screens',
    audit: { exempt: 'a player asks for itself; whoever typed its code answers for it' },
    summary: 'Has somebody typed the code? Then the session comes as a cookie',
    roles: 'anyone',
    body: Type.Object({ ticket: Type.String({ minLength: 1, maxLength: 100 }) }),
    answers: {
      200: { description: 'This browser is the screen now', schema: Type.Object({ screen: Type.String() }) },
      202: { description: 'Not yet', schema: Type.Object({ expiresAt: Type.String() }) },
    },
    refusals: ['PairingCodeExpired'],
    example: { body: { ticket: 'none' } },
    handle: ({ body }) => {
      const found = pairing.collect(body.ticket);
      if ('reason' in found) return found;
      if (!('screen' in found)) return { status: 202, body: found };
      // Two codes typed for one screen at once: whoever comes last stays, and never two.
      dismissPlayer(found.screen, REPLACED);
      const principal = { role: 'screen', subject: found.screen } as const;
      const session = auth.exchange(auth.issue(principal, { singleUse: true, expiresInS: 60 }));
      if (session === undefined)
        return { reason: 'PairingCodeExpired', detail: 'the session could not be made' };
      return {
        status: 200,
        body: { screen: found.screen },
        headers: { 'set-cookie': sessionCookie(session) },
      };
    },
  });

const confirmRoute = (deps: PairingDeps): Route =>
  route({
    method: 'post',
    path: '/v1/pairing/confirm',
    tag: 'Screens',
    audit: { notes: ['screen.add', 'screen.pair'] },
    summary: 'The screen with this code becomes a screen of the store',
    description:
      'Give `screen` for one that the store has, or `newScreen`. A player that was the screen until now is sent away. After ten wrong codes in a minute all are refused for the rest of it.',
    roles: DESK_ROLES,
    body: Confirm,
    answers: { 200: { description: 'Paired', schema: Type.Object({ screen: Type.String() }) } },
    refusals: [
      'PairingCodeUnknown',
      'PairingCodeExpired',
      'PairingCodeUsed',
      'NotFound',
      'TooManyRequests',
      'QuotaReached',
      'Busy',
      'DiskFull',
      'DiskFailed',
    ],
    example: { body: { code: 'AAAAAA', screen: 'screen-1' } },
    handle: async ({ body, principal, actor }) => {
      const wanted = wantedScreen(deps, body);
      if (isRefusal(wanted)) return wanted;
      const claim = await deps.pairing.claim(body.code, `${principal.role} ${principal.subject}`);
      if ('reason' in claim) return claim;
      try {
        const screen = screenOf(deps, claim, wanted);
        const entry = {
          action: 'made' in wanted ? ('screen.add' as const) : ('screen.pair' as const),
          ...actor,
          target: screen,
        };
        await noted(deps.audit, entry, () => carryOut(deps, screen, wanted));
        claim.grant(screen);
        return ok({ screen });
      } catch (error) {
        claim.release();
        throw error;
      }
    },
  });

/** The same each time with the same code: a new screen keeps its id. */
const screenOf = (deps: PairingDeps, claim: Claim, wanted: Wanted): string =>
  'screen' in wanted ? wanted.screen : claim.newId((promised) => freeId([deps.takenIds(), promised]));

/** Safe to do again. */
async function carryOut(deps: PairingDeps, id: string, wanted: Wanted): Promise<true> {
  if ('screen' in wanted) deps.dismissPlayer(id, REPLACED);
  else await deps.saveScreen({ id, ...wanted.made });
  return true;
}

type Wanted = { readonly screen: string } | { readonly made: Omit<Screen, 'id'> };

/** Settled before the code is touched: a wrong name must not cost a right code. */
function wantedScreen(deps: PairingDeps, { screen, newScreen }: Confirm): Wanted | Refusal {
  const known = deps.screens.screens(deps.nowMs());
  if (screen !== undefined) {
    return known.some((one) => one.screen === screen)
      ? { screen }
      : { reason: 'NotFound', detail: `the store has no screen ${screen}`, field: '/screen' };
  }
  if (newScreen === undefined) {
    return {
      reason: 'SchemaMismatch',
      detail: 'say which screen: `screen` or `newScreen`',
      field: '/screen',
    };
  }
  if (!deps.zones().some(({ id }) => id === newScreen.zone)) {
    return {
      reason: 'NotFound',
      detail: `the store has no zone ${newScreen.zone}`,
      field: '/newScreen/zone',
    };
  }
  if (known.length >= SCREENS_MAX) {
    return { reason: 'QuotaReached', detail: `there are ${SCREENS_MAX} screens already` };
  }
  return { made: newScreen };
}

/** A number as the others have: names change, ids stay. */
function freeId(taken: readonly ReadonlySet<string>[]): string {
  let number = 1;
  while (taken.some((ids) => ids.has(`screen-${number}`))) number += 1;
  return `screen-${number}`;
}
