import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/load.js';
import { createSystemTime } from '../ops/system-time.js';
import { brokerFindings } from './doctor-broker.js';
import { certificateFindings } from './doctor-certificates.js';
import { freePorts } from './doctor-ports.js';
import { storeFindings } from './doctor-store.js';
import { vaultFindings } from './doctor-vault.js';
import { type Endpoint, endpointLeft, isAlive } from './endpoint.js';
import type { Finding } from './finding.js';
import { nativeModule } from './native-module.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { explainSystemError } from './plain-error.js';

const GIB = 1024 ** 3;
const NODE_MIN = [20, 19] as const;

/** `endcap doctor`: looks at everything a store needs and says what to do about what is wrong. */
export function addDoctor(program: Command): void {
  withStoreOptions(program.command('doctor'))
    .description('look for what is wrong with this store and say what to do')
    .option('--json', 'as one JSON object')
    .action(async (options: StoreOptions & { json?: boolean }) => {
      const config = configOf(options);
      const findings = await lookAt(config);
      process.stdout.write(
        options.json ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(inWords).join(''),
      );
      if (findings.some((finding) => finding.cure !== undefined)) process.exitCode = 1;
    });
}

async function lookAt(config: Config): Promise<Finding[]> {
  const running = endpointLeft(config.dataDirectory);
  return [
    nodeVersion(),
    ...nativeModule(),
    {
      what: 'Configuration',
      seen: `${config.path}: ${config.policy.zones.length} zones, ${config.campaigns.length} campaigns`,
    },
    ...orSaid('Disk', () => [diskSpace(config)]),
    ...orSaid('Data folder', () => fileModes(config)),
    ...orSaid('Vault', () => vaultFindings(config)),
    clock(config),
    ...orSaid('Certificate', () => certificateFindings(config, Date.now())),
    ...(config.mqtt.url === undefined ? [] : await brokerFindings(config.mqtt.url)),
    ...(running === undefined ? await freePorts(config) : await storeOrPorts(running, config)),
  ];
}

/** What cannot be looked at is a finding, too; the others are looked at all the same. */
function orSaid(what: string, look: () => Finding[]): Finding[] {
  try {
    return look();
  } catch (error) {
    const cure =
      explainSystemError(error)?.message ?? 'Look whether the file is whole, and put a copy of it back.';
    return [{ what, seen: `cannot be looked at: ${(error as Error).message}`, cure }];
  }
}

/** A store that crashed or hangs leaves its endpoint behind: one finding, and what it would use is looked at as well. */
async function storeOrPorts(endpoint: Endpoint, config: Config): Promise<Finding[]> {
  const { pid } = endpoint;
  if (!isAlive(pid)) {
    const seen = `process ${pid} is gone and was not stopped`;
    const cure = 'Start it again; nothing that was acknowledged is lost. Its log says why it ended.';
    return [{ what: 'Store', seen, cure }, ...(await freePorts(config))];
  }
  try {
    return await storeFindings(endpoint, config);
  } catch (error) {
    const seen = `${(error as Error).message} (process ${pid})`;
    const cure = `See what process ${pid} does. Where it is another program by now, the store has crashed: start it again.`;
    return [{ what: 'Store', seen, cure }, ...(await freePorts(config))];
  }
}

function inWords({ what, seen, cure }: Finding): string {
  return `${cure === undefined ? 'good' : 'LOOK'}  ${what.padEnd(14)} ${seen}\n${cure === undefined ? '' : `      ${''.padEnd(14)} → ${cure}\n`}`;
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const old = major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1]);
  return {
    what: 'Node.js',
    seen: process.version,
    ...(old ? { cure: `Install Node.js ${NODE_MIN.join('.')} or newer.` } : {}),
  };
}

function diskSpace(config: Config): Finding {
  let folder = config.dataDirectory;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const used = sizeOf(join(config.dataDirectory, 'journal'));
  const needed = Math.max(0, config.limits.journalBytes - used);
  const seen = `${gib(free)} free; the journal has ${gib(used)} of its ${gib(config.limits.journalBytes)}`;
  if (free >= needed) return { what: 'Disk', seen };
  return {
    what: 'Disk',
    seen,
    cure: `Free ${gib(needed - free)}, or lower limits.journalBytes in store.yaml: the journal may fill the disk before its quota.`,
  };
}

/** Keys, tokens and the vault are for the store's own user alone. */
function fileModes(config: Config): Finding[] {
  if (!existsSync(config.dataDirectory))
    return [{ what: 'Data folder', seen: `${config.dataDirectory} will be made at the first start` }];
  const open = ['', 'keys', 'vault', 'journal']
    .map((name) => join(config.dataDirectory, name))
    .filter((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0);
  if (open.length === 0)
    return [{ what: 'Data folder', seen: `${config.dataDirectory}, only for its own user` }];
  return open.map((path) => ({
    what: 'Data folder',
    seen: `others can read ${path}`,
    cure: `chmod 700 ${path}`,
  }));
}

function clock(config: Config): Finding {
  if (createSystemTime().synchronised()) return { what: 'Clock', seen: 'set by a time server' };
  const { unsyncedHours } = config.clock;
  const seen = `${new Date().toISOString()}, not confirmed by a time server`;
  if (unsyncedHours === 0)
    return { what: 'Clock', seen: `${seen}; none is expected here (clock.unsyncedHours: 0)` };
  return {
    what: 'Clock',
    seen,
    cure: `Turn on systemd-timesyncd or chrony: after a jump of more than ten minutes, or ${unsyncedHours} hours without one (clock.unsyncedHours), coupons and offers of certain hours stop.`,
  };
}

function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(folder, entry.name)).size : 0),
    0,
  );
}

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(bytes < GIB / 10 ? 2 : 1)} GiB`;
