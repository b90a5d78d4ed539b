import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Scene } from './scene.js';
import { type StoreApi, textOf } from './store-api.js';

/** Who the simulator speaks as: one gateway for all sensors, and each till and screen as itself. */
export interface Credentials {
  readonly gateway: Credential;
  /** By the id that the plan gives the till. */
  readonly tills: Readonly<Record<string, Credential>>;
  readonly screens: Readonly<Record<string, Credential>>;
}
export interface Credential {
  readonly id: string;
  readonly token: string;
}

interface Options {
  readonly adminToken: string;
  readonly scene: Scene;
  readonly screens: readonly string[];
  /** Where tokens are kept between runs; a token is shown only once. */
  readonly file?: string;
}

/** Register as a technician would, or take what an earlier run was given where that is still good. */
export async function obtainCredentials(api: StoreApi, options: Options): Promise<Credentials> {
  const kept = readKept(options.file);
  if (kept !== undefined && (await stillGood(api, kept, options))) return kept;
  const register = async (name: string, kind: string, speaksFor?: readonly string[]): Promise<Credential> => {
    const answer = await api.call({
      path: '/v1/devices',
      token: options.adminToken,
      body: { name, kind, ...(speaksFor === undefined ? {} : { speaksFor }) },
    });
    return { id: textOf(answer, 'id'), token: textOf(answer, 'token') };
  };
  const { nodes, shelves, zones, tills } = options.scene;
  const behind = [...new Set([...nodes, ...shelves, ...zones].map(({ id }) => id))];
  const registerAll = async (names: readonly string[], kind: string) =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await register(name, kind)] as const)),
    );
  const tillIds = tills.map(({ id }) => id);
  const [gateway, tillsOf, screensOf] = await Promise.all([
    register('simulator', 'device', behind),
    registerAll(tillIds, 'till'),
    registerAll(options.screens, 'screen'),
  ]);
  const credentials: Credentials = { gateway, tills: tillsOf, screens: screensOf };
  if (options.file !== undefined) {
    writeFileSync(options.file, JSON.stringify(credentials, null, 2), { mode: 0o600 });
  }
  return credentials;
}

function readKept(file: string | undefined): Credentials | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  } catch {
    // Cut short by a kill: registering again is the cure.
    return undefined;
  }
}

/** Good when every till and screen of the plan has one, and the store still knows the gateway. */
async function stillGood(api: StoreApi, kept: Credentials, options: Options): Promise<boolean> {
  const complete =
    options.scene.tills.every(({ id }) => kept.tills[id] !== undefined) &&
    options.screens.every((screen) => kept.screens[screen] !== undefined);
  if (!complete) return false;
  const everyone = [kept.gateway, ...Object.values(kept.tills), ...Object.values(kept.screens)];
  const known = await Promise.allSettled(
    everyone.map(({ token }) => api.call({ method: 'GET', path: '/v1/session', token })),
  );
  return known.every((answer) => answer.status === 'fulfilled');
}
