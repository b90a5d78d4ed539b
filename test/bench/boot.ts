import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoreStatus } from '../../edge/contracts/index.js';
import { prepareStore, type RunningStore, startStoreIn } from '../support/store.js';
import { until } from '../support/until.js';
import type { Figure } from './figures.js';
import type { MakerOrder, MakerReport } from './made/backlog-maker.js';
import { residentMb } from './process-cost.js';

const ROUNDS = 3;
const ROWS = Number(process.env['ENDCAP_BENCH_EVENTS'] ?? 6_500_000);
/** The journal's quota, and as much again for what is copied and written meanwhile. */
const FREE_BYTES_MIN = 16e9;
const SECONDS_MAX = 5;
const RESIDENT_MB_MAX = 256;
/** HQ is configured and nobody is there. */
const ALONE = { environment: { KAFKA_BROKERS: '127.0.0.1:9' } };

interface Boot {
  readonly seconds: number;
  readonly residentMb: number;
}

/** A folder to make the backlog in, and to find it in the next time; without it, it is gone afterwards. */
const KEPT = process.env['ENDCAP_BENCH_BACKLOG'];

/** From spawn of the built program to 200 on /readyz with three days of events that HQ has not got. */
export async function boot(): Promise<readonly Figure[]> {
  const { directory, unsealed } = await backlog();
  try {
    // Takes the configuration in, which the others find as it is.
    const first = await startStoreIn(directory, ALONE);
    const { link, journal } = (await (await first.call('/v1/status')).json()) as StoreStatus;
    await first.kill();
    const killed = await rounds(directory, () => asKilled(directory));
    const torn = await rounds(directory, () => asKilled(directory, 'newest torn'));
    const stopped = await rounds(directory, () => asStopped(directory));
    const figure = (metric: string, value: number, unit: string, limit?: Figure['limit']): Figure => ({
      ...{ bench: 'boot', case: 'three days without HQ', metric, value, unit },
      ...(limit === undefined ? {} : { limit }),
    });
    const dropped = Object.values(journal.shed).reduce((sum, count) => sum + count, 0);
    return [
      figure('unsent', link.waiting, 'events', { least: ROWS }),
      figure('journal', journal.bytes / 1e9, 'GB', { most: journal.quotaBytes / 1e9 }),
      figure('segments', journal.segments, 'files'),
      figure('dropped', dropped, 'events', { most: 0 }),
      figure('sealed state', newestState(join(directory, 'checkpoints')).bytes / 1e6, 'MB'),
      ...timesOf(`kill -9, ${unsealed} events after the sealed state`, killed),
      ...timesOf('kill -9, and the newest sealed state is damaged', torn),
      ...timesOf('stopped', stopped),
    ];
  } finally {
    if (KEPT === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

async function backlog(): Promise<{ readonly directory: string } & MakerReport> {
  const report = join(KEPT ?? '', 'made.json');
  if (KEPT !== undefined && existsSync(report))
    return { directory: KEPT, ...(JSON.parse(readFileSync(report, 'utf8')) as MakerReport) };
  const disk = statfsSync(tmpdir());
  const free = disk.bavail * disk.bsize;
  if (free < FREE_BYTES_MIN) throw new Error(`${tmpdir()} has ${free} bytes, ${FREE_BYTES_MIN} are needed`);
  const prepared = prepareStore();
  if (KEPT !== undefined) renameSync(prepared, KEPT);
  const directory = KEPT ?? prepared;
  const made = await make({ directory, rows: ROWS });
  if (KEPT !== undefined) writeFileSync(report, JSON.stringify(made));
  return { directory, ...made };
}

async function make(order: MakerOrder): Promise<MakerReport> {
  const program = fileURLToPath(new URL('made/backlog-maker.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, ENDCAP_MADE: JSON.stringify(order) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((done) => child.once('close', done));
  if (child.signalCode !== 'SIGKILL') throw new Error(`the backlog was not made: ${output}`);
  return JSON.parse(output) as MakerReport;
}

async function rounds(directory: string, before: () => Promise<void>): Promise<readonly Boot[]> {
  const boots: Boot[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await before();
    const startedMs = performance.now();
    const store = await startStoreIn(directory, ALONE);
    await ready(store);
    boots.push({ seconds: (performance.now() - startedMs) / 1_000, residentMb: residentMb(store) });
    await store.kill();
  }
  return boots;
}

const ready = (store: RunningStore): Promise<true> =>
  until(async () => (await store.call('/readyz')).ok, { withinMs: 60_000, what: 'readyz' });

/** The sealed states of when the store was killed. */
async function asKilled(directory: string, newest?: 'newest torn'): Promise<void> {
  const states = join(directory, 'data/journal/checkpoints');
  rmSync(states, { recursive: true });
  cpSync(join(directory, 'checkpoints'), states, { recursive: true });
  if (newest === undefined) return;
  const { path, bytes } = newestState(states);
  const content = readFileSync(path);
  content.writeUInt8(content.readUInt8(bytes - 100) ^ 1, bytes - 100);
  writeFileSync(path, content);
}

async function asStopped(directory: string): Promise<void> {
  const store = await startStoreIn(directory, ALONE);
  await store.stop();
}

function newestState(folder: string): { readonly path: string; readonly bytes: number } {
  const name = readdirSync(folder).sort().at(-1) ?? '';
  const path = join(folder, name);
  return { path, bytes: statSync(path).size };
}

function timesOf(name: string, boots: readonly Boot[]): Figure[] {
  const seconds = boots.map((one) => one.seconds).sort((a, b) => a - b);
  const resident = Math.max(...boots.map((one) => one.residentMb));
  const common = { bench: 'boot', case: name };
  return [
    { ...common, metric: 'median', value: seconds[1] ?? Number.NaN, unit: 's' },
    { ...common, metric: 'worst', value: seconds[2] ?? Number.NaN, unit: 's', limit: { most: SECONDS_MAX } },
    { ...common, metric: 'resident', value: resident, unit: 'MB', limit: { most: RESIDENT_MB_MAX } },
  ];
}
