import { useEffect, useState } from 'preact/hooks';
import { readSession } from './api.js';

/** What the roles may do on these tabs; the store checks it again, this only spares a refusal. */
const MAY = {
  stop: ['associate', 'store-manager', 'media-manager', 'admin'],
  count: ['associate', 'store-manager', 'admin'],
  devices: ['store-manager', 'admin'],
  media: ['store-manager', 'media-manager', 'admin'],
  backup: ['admin'],
  export: ['associate', 'store-manager', 'media-manager', 'admin'],
} as const satisfies Record<string, readonly string[]>;
export type Act = keyof typeof MAY;

/** Whether this session may do something; until it is known, and where it cannot be told, yes. */
export function useMay(): (act: Act) => boolean {
  const [role, setRole] = useState<string | undefined>();
  useEffect(() => {
    readSession().then(
      (session) => setRole(session.role),
      () => undefined,
    );
  }, []);
  return (act) => role === undefined || (MAY[act] as readonly string[]).includes(role);
}
