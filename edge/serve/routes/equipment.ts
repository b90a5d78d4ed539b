/** Everything in the shop that hears, shows or sells: when it was heard last, and whether it may still speak. */
import { Type } from '@sinclair/typebox';
import type { HeardDevice, StorePolicy } from '../../contracts/index.js';
import type { Clock, ScreenStatus, Views } from '../../ports.js';
import type { StoreAuth } from '../auth/auth.js';
import { ok, type Route, route, STAFF_ROLES } from './route.js';

export interface EquipmentDeps {
  readonly auth: Pick<StoreAuth, 'devices'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly screens: ScreenStatus;
  readonly views: Pick<Views, 'devices' | 'policy'>;
}

/** One device as staff see it: what store.yaml, the tokens and the journal know of it, under one id. */
interface EquipmentRow {
  readonly id: string;
  readonly name: string;
  readonly kind: 'gateway' | 'shelf' | 'till' | 'counter' | 'device';
  readonly zone?: string;
  /** In store.yaml. */
  readonly planned: boolean;
  /** Has a token of its own. */
  readonly registered: boolean;
  readonly revoked: boolean;
  readonly registeredAt?: string;
  readonly speaksFor?: readonly string[];
  readonly heardAt?: string;
  readonly up?: boolean;
  readonly upSince?: string;
}

const Row = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  registered: Type.Boolean(),
  revoked: Type.Boolean(),
  heardAt: Type.Optional(Type.String()),
});

export function equipmentRoutes(deps: EquipmentDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/equipment',
      tag: 'Devices',
      summary: 'Screens, gateways, shelves, tills and counters, with when each was heard last',
      roles: STAFF_ROLES,
      answers: {
        200: {
          description: 'All that store.yaml names, that has a token, or that was ever heard',
          schema: Type.Object({
            at: Type.String(),
            screens: Type.Array(Type.Object({ screen: Type.String() })),
            devices: Type.Array(Row),
          }),
        },
      },
      refusals: [],
      handle: () => {
        const atMs = deps.clock.nowMs();
        const screens = deps.screens.screens(atMs);
        const isScreen = new Set(screens.map(({ screen }) => screen));
        const devices = rowsOf(deps).filter(({ id }) => !isScreen.has(id));
        return ok({ at: new Date(atMs).toISOString(), screens, devices });
      },
    }),
  ];
}

type Registered = ReturnType<StoreAuth['devices']>[number];

function rowsOf({ auth, views }: EquipmentDeps): readonly EquipmentRow[] {
  const planned = plannedOf(views.policy());
  const heard = new Map(views.devices().map((device) => [device.device, device]));
  const registered = new Map<string, Registered>();
  for (const device of auth.devices()) {
    const known = registered.get(device.id);
    // A device that came back under its name: the row that is good counts.
    if (known === undefined || known.revokedMs !== null) registered.set(device.id, device);
  }
  const ids = new Set([...planned.keys(), ...registered.keys(), ...heard.keys()]);
  return [...ids]
    .map((id) =>
      rowOf(id, { planned: planned.get(id), registered: registered.get(id), heard: heard.get(id) }),
    )
    .filter((row) => row !== undefined)
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

interface Plan {
  readonly kind: EquipmentRow['kind'];
  readonly zone: string;
}

function plannedOf(policy: StorePolicy | undefined): ReadonlyMap<string, Plan> {
  return new Map([
    ...(policy?.nodes ?? []).map(({ id, zone }): [string, Plan] => [id, { kind: 'gateway', zone }]),
    ...(policy?.shelves ?? []).map(({ id, zone }): [string, Plan] => [id, { kind: 'shelf', zone }]),
  ]);
}

function rowOf(
  id: string,
  known: { planned: Plan | undefined; registered: Registered | undefined; heard: HeardDevice | undefined },
): EquipmentRow | undefined {
  const { planned, registered, heard } = known;
  if (registered?.kind === 'screen' || heard?.kind === 'screen') return undefined;
  const zone = planned?.zone ?? heard?.zone;
  return {
    id,
    name: registered?.name ?? id,
    kind: planned?.kind ?? kindOf(registered?.kind === 'till' ? 'till' : (heard?.kind ?? 'device')),
    ...(zone === undefined ? {} : { zone }),
    planned: planned !== undefined,
    registered: registered !== undefined && registered.revokedMs === null,
    revoked: registered !== undefined && registered.revokedMs !== null,
    ...(registered === undefined ? {} : { registeredAt: new Date(registered.createdMs).toISOString() }),
    ...(registered === undefined || registered.speaksFor.length === 0
      ? {}
      : { speaksFor: registered.speaksFor }),
    ...(heard === undefined ? {} : heardOf(heard)),
  };
}

function heardOf({ heardAt, up, upSince }: HeardDevice): Partial<EquipmentRow> {
  return {
    heardAt,
    ...(up === undefined ? {} : { up }),
    ...(upSince === undefined ? {} : { upSince }),
  };
}

/** What a device calls itself becomes one of the words of the page. */
function kindOf(said: string): EquipmentRow['kind'] {
  if (said === 'till' || said === 'shelf' || said === 'counter') return said;
  return ['node', 'espresense', 'gateway'].includes(said) ? 'gateway' : 'device';
}
