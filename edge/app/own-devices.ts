import { plainDeviceId } from '../ingest/mask/identities.js';
import type { StoreAuth } from '../serve/auth/auth.js';
import type { Foundation } from './foundation.js';

/** A name that is shorter cannot be a MAC, and would only make the list long. */
const DEVICE_ID_MIN = 12;

/**
 * The shop's own equipment may be named in clear: what stands in store.yaml, and what staff registered, by its id,
 * its name and the ids it speaks for. Everything else that looks like a device is taken for a person's.
 */
export function isOwnDeviceOf(
  { config }: Pick<Foundation, 'config'>,
  auth: Pick<StoreAuth, 'devices' | 'onRegistered'>,
): (id: string) => boolean {
  const own = new Set<string>();
  const add = (ids: readonly string[]): void => {
    for (const id of ids.map(plainDeviceId)) if (id.length >= DEVICE_ID_MIN) own.add(id);
  };
  const { nodes, screens, shelves } = config.policy;
  add([...nodes, ...screens, ...shelves].map(({ id }) => id));
  for (const { id, name, speaksFor } of auth.devices()) add([id, name, ...speaksFor]);
  auth.onRegistered(({ id, name, speaksFor }) => add([id, name, ...speaksFor]));
  return (id) => own.has(plainDeviceId(id));
}
