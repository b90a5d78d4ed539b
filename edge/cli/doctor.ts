import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/load.js';
import type { StoreStatus } from '../contracts/index.js';
import { createSystemTime } from '../ops/system-time.js';
import { certificateFindings } from './doctor-certificates.js';
import { flashFinding, flashUse } from './doctor-flash.js';
import { vaultFindings } from './doctor-vault.js';
import { type Endpoint, readEndpoint } from './endpoint.js';
import type { Finding } from './finding.js';
import { nativeModule } from './native-module.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { explainSystemError } from './plain-error.js';
import { callStore } from './store-client.js';

const GIB = 1024 ** 3;
const NODE_MIN = [20, 19] as const;

/** `endcap doctor`: looks at everything a store needs and says what to do about what is wrong. */
export function addDoctor(program: Command): void {
  withStoreOptions(program.command('doctor'))
    .description('look for what is wrong with this store and say what to do')
    .option('--json', 'as one JSON object')
    .action(async (options: StoreOptions & { json?: boolean }) => {
      const config = configOf(options);
      const running = runningStore(config);
      const findings = [
        nodeVersion(),
        ...nativeModule(),
        {
          what: 'Configuration',
          seen: `${config.path}: ${config.policy.zones.length} zones, ${config.campaigns.length} campaigns`,
        },
        diskSpace(config),
        ...fileModes(config),
        ...vaultFindings(config),
        clock(),
        ...certificateFindings(config, Date.now()),
        ...(running === undefined ? await freePorts(config) : await storeFindings(running, config)),
      ];
      process.stdout.write(
        options.json ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(inWords).join(''),
      );
      if (findings.some((finding) => finding.cure !== undefined)) process.exitCode = 1;
    });
}

function inWords({ what, seen, cure }: Finding): string {
  return `${cure === undefined ? 'good' : 'LOOK'}  ${what.padEnd(14)} ${seen}\n${cure === undefined ? '' : `      ${''.padEnd(14)} → ${cure}\n`}`;
}

function runningStore(config: Config): Endpoint | undefined {
  try {
    return readEndpoint(config.dataDirectory);
  } catch {
    return undefined;
  }
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

function clock(): Finding {
  if (createSystemTime().synchronised()) return { what: 'Clock', seen: 'set by a time server' };
  return {
    what: 'Clock',
    seen: `${new Date().toISOString()}, not confirmed by a time server`,
    cure: 'Turn on systemd-timesyncd or chrony: after a jump of more than ten minutes, or clock.unsyncedHours hours without one, coupons and offers of certain hours stop.',
  };
}

async function freePorts(config: Config): Promise<Finding[]> {
  const listeners = [
    ['HTTP', config.http],
    ['MQTT', config.mqtt],
  ] as const;
  return Promise.all(
    listeners.map(async ([name, { host, port }]) => {
      const problem = await tryToListen(host, port);
      return {
        what: `${name} port`,
        seen: `${host}:${port} ${problem === undefined ? 'is free' : 'cannot be used'}`,
        ...(problem === undefined ? {} : { cure: problem }),
      };
    }),
  );
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(explainSystemError(error)?.message ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

async function storeFindings(endpoint: Endpoint, config: Config): Promise<Finding[]> {
  const status = await callStore<StoreStatus>(endpoint, '/v1/status');
  const { link } = status;
  const flash = flashUse(endpoint.pid, {
    upS: status.upS,
    folder: config.dataDirectory,
    ratedTerabytes: config.limits.flashTerabytes,
  });
  return [
    {
      what: 'Store',
      seen: `runs as process ${endpoint.pid} for ${status.upS} s, ${status.ready ? 'ready' : 'not ready'}`,
    },
    {
      what: 'Link to HQ',
      seen: link.state === 'none' ? 'no HQ is configured' : `${link.state}, ${link.waiting} events waiting`,
      ...(link.state === 'offline' ? { cure: link.detail ?? 'See `endcap status --json`.' } : {}),
    },
    ...(flash === undefined ? [] : [flashFinding(flash)]),
    ...pushFinding(status.push),
    {
      what: 'To mend',
      seen: `${status.toMend} records set aside`,
      ...(status.toMend > 0
        ? { cure: 'Open the Journal page: each says what was wrong and can be mended and replayed.' }
        : {}),
    },
    ...status.alarms.map((alarm) => ({
      what: 'Alarm',
      seen: alarm.text,
      cure: `See ${alarm.code} on the staff page.`,
    })),
  ];
}

function pushFinding(push: StoreStatus['push']): Finding[] {
  if (push === undefined) return [];
  if (!push.on) return [{ what: 'Messages', seen: 'to phones: off, `push` is not in store.yaml' }];
  const last =
    push.lastSentAt === undefined ? 'none sent since the start' : `last one sent ${push.lastSentAt}`;
  const seen = `to ${push.phones} phones, ${push.waiting} waiting, ${last}`;
  if (push.unreachableSince === undefined) return [{ what: 'Messages', seen }];
  return [
    {
      what: 'Messages',
      seen: `${seen}; no push service answers since ${push.unreachableSince}`,
      cure: 'Look at the way to the internet, and at a firewall that stops port 443 to the push services.',
    },
  ];
}

function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(folder, entry.name)).size : 0),
    0,
  );
}

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(bytes < GIB / 10 ? 2 : 1)} GiB`;
