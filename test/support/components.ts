import { describe } from 'vitest';
import { provisionCommand } from '../../cloud-bridge/provision/debian.js';
import { provisionFlink, provisionKafka } from '../../cloud-bridge/provision/jars.js';
import { provisionSchemathesis } from './schemathesis.js';

/**
 * Real components for tests: found or provisioned. A test whose component cannot be had is skipped by name with
 * the reason; with CI=true that is a failure, because a promise that was not run is not kept.
 */
const PROVISION = {
  kafka: async () => (await provisionKafka(OPTIONS)).jars,
  flink: async () => (await provisionFlink(OPTIONS)).jars,
  kcat: () => command('kcat', 'kcat', 'kcat'),
  chromium: () => command('chromium', 'chromium', 'chromium'),
  shellcheck: () => command('shellcheck', 'shellcheck', 'shellcheck'),
  systemd: () => command('systemd', 'systemd-analyze', 'systemd'),
  cc: () => command('cc', 'cc', 'build-essential'),
  mosquitto: () => command('mosquitto', 'mosquitto', 'mosquitto'),
  schemathesis: () => provisionSchemathesis(OPTIONS.onProgress),
  'mosquitto-clients': () => command('mosquitto-clients', 'mosquitto_pub', 'mosquitto-clients'),
} as const;
export type ComponentName = keyof typeof PROVISION;

const OPTIONS = {
  mayInstall: true,
  onProgress: (line: string) => process.stderr.write(`provision ${line}\n`),
};

export interface Component {
  readonly name: ComponentName;
  readonly ready: boolean;
  /** Path of the command, or of the folder with the jars; empty when not ready. */
  readonly path: string;
  /** Why it cannot be had; empty when ready. */
  readonly reason: string;
}

const command = (component: string, name: string, debianPackage: string) =>
  provisionCommand({ component, command: name, debianPackage }, OPTIONS);

const known = new Map<ComponentName, Promise<Component>>();

/** Find or provision one component. Throws only with CI=true. */
export function requireComponent(name: ComponentName): Promise<Component> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const component = provideComponent(name);
  known.set(name, component);
  return component;
}

/** The same, looked for anew: what was found before in this process does not count. */
export async function provideComponent(name: ComponentName): Promise<Component> {
  try {
    return { name, ready: true, path: await PROVISION[name](), reason: '' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (process.env['CI'] === 'true') throw new Error(`CI needs ${name}: ${reason}`, { cause: error });
    return { name, ready: false, path: '', reason };
  }
}

/** `describe` that runs when every component is there; else it is skipped and its title says why. */
export async function describeWith(
  names: readonly ComponentName[],
  title: string,
  body: () => void,
): Promise<void> {
  const components = await Promise.all(names.map(requireComponent));
  const missing = components.filter((component) => !component.ready);
  if (missing.length === 0) describe(title, body);
  else describe.skip(`${title} [skipped: ${missing.map(({ reason }) => reason).join('; ')}]`, body);
}
