import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JavaProgram } from './jars.js';
import { endLeftover, noteServer, type ServerProcess, startServerProcess } from './server-process.js';

const READY_TIMEOUT_MS = 120_000;
const READY_POLL_MS = 200;
const HEAP = '448m';
const CHECKPOINT_INTERVAL = '500 ms';

export interface FlinkJobOptions {
  readonly program: JavaProgram;
  /** Holds settings, script and checkpoints; the last complete checkpoint in it is where the job goes on. */
  readonly directory: string;
  /** Statements as in a file; comments and line breaks are fine. */
  readonly sql: string;
  readonly heap?: string;
}

/** A streaming job in a local cluster of its own process. */
export interface FlinkJob {
  pid(): number;
  alive(): boolean;
  /** Settles when the process that runs now is gone. */
  gone(): Promise<void>;
  /** Folder of the newest complete checkpoint. */
  lastCheckpoint(): string | undefined;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Start again from the last complete checkpoint. */
  restart(): Promise<void>;
  tail(): string;
}

/** Start the job and wait until it has completed a checkpoint of its own, which means that it runs. */
export async function startFlinkJob(options: FlinkJobOptions): Promise<FlinkJob> {
  mkdirSync(checkpointsOf(options.directory), { recursive: true });
  await endLeftover(join(options.directory, 'flink.pid'), options.directory);
  writeFileSync(join(options.directory, 'job.sql'), oneStatementALine(options.sql));
  writeFileSync(join(options.directory, 'log4j2.properties'), LOG4J);
  const start = async () => {
    const from = lastCheckpoint(options.directory);
    writeFileSync(join(options.directory, 'config.yaml'), flinkConfig(options.directory, from));
    const started = startServerProcess({
      command: options.program.java,
      args: javaArguments(options),
      cwd: options.directory,
      env: { FLINK_CONF_DIR: options.directory },
    });
    noteServer(join(options.directory, 'flink.pid'), started);
    await waitUntilRunning(started, options.directory, from);
    forgetEarlierRuns(options.directory);
    return started;
  };
  let job = await start();
  return {
    pid: () => job.pid,
    alive: () => job.alive(),
    gone: () => job.gone,
    lastCheckpoint: () => lastCheckpoint(options.directory),
    stop: () => job.stop(),
    kill: () => job.kill(),
    async restart() {
      if (job.alive()) await job.stop();
      job = await start();
    },
    tail: () => job.tail(),
  };
}

/** The SQL client reads a script line by line, so each statement gets one line. */
export function oneStatementALine(sql: string): string {
  const lines = sql.split('\n').filter((line) => !line.trimStart().startsWith('--'));
  const statements = lines.join(' ').split(/;\s*/);
  return statements
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '')
    .map((statement) => `${statement};\n`)
    .join('');
}

/** Newest checkpoint whose metadata was written to the end; Flink gives the file its name last. */
export function lastCheckpoint(directory: string): string | undefined {
  const complete = runsOf(directory).flatMap((run) =>
    readdirSync(run).flatMap((name) => {
      const path = join(run, name);
      const written = statSync(join(path, '_metadata'), { throwIfNoEntry: false });
      return written === undefined ? [] : [{ path, writtenMs: written.mtimeMs }];
    }),
  );
  return complete.sort((a, b) => b.writtenMs - a.writtenMs)[0]?.path;
}

/** Each start has a folder of its own; a complete checkpoint needs nothing from an earlier one. */
function runsOf(directory: string): string[] {
  const root = checkpointsOf(directory);
  if (!existsSync(root)) return [];
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((entry) => join(root, entry.name));
}

function forgetEarlierRuns(directory: string): void {
  const newest = lastCheckpoint(directory);
  if (newest === undefined) return;
  for (const run of runsOf(directory)) {
    if (run !== dirname(newest)) rmSync(run, { recursive: true, force: true });
  }
}

export const checkpointsOf = (directory: string) => join(directory, 'checkpoints');

async function waitUntilRunning(job: ServerProcess, directory: string, from: string | undefined) {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (!job.alive()) throw new Error(`flink ended while starting: ${reasonOf(job)}`);
    const newest = lastCheckpoint(directory);
    if (newest !== undefined && newest !== from) return;
    await delay(READY_POLL_MS);
  }
  await job.kill();
  throw new Error(`flink completed no checkpoint within ${READY_TIMEOUT_MS / 1000} s: ${reasonOf(job)}`);
}

/** The SQL client writes the cause after a long Java trace, behind this word. */
function reasonOf(job: ServerProcess): string {
  const lines = job.tail().split('\n');
  const at = lines.findIndex((line) => line.includes('[ERROR]'));
  return lines.slice(at === -1 ? -5 : at).join(' ');
}

function javaArguments({ program, directory, heap }: FlinkJobOptions): string[] {
  const opened = ['lang', 'net', 'io', 'nio', 'lang.reflect', 'text', 'time', 'util', 'util.concurrent'];
  return [
    ...[
      `-Xmx${heap ?? HEAP}`,
      '-Xms64m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-Djava.awt.headless=true',
    ],
    ...opened.map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`),
    ...['util.concurrent.atomic', 'util.concurrent.locks'].map(
      (name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`,
    ),
    `-Dlog4j.configurationFile=${join(directory, 'log4j2.properties')}`,
    ...['-cp', join(program.jars, '*'), 'org.apache.flink.table.client.SqlClient'],
    ...['embedded', '-f', join(directory, 'job.sql')],
  ];
}

function flinkConfig(directory: string, from: string | undefined): string {
  return [
    'execution.target: local',
    'parallelism.default: 1',
    'table.dml-sync: true',
    `execution.checkpointing.interval: ${CHECKPOINT_INTERVAL}`,
    'execution.checkpointing.mode: EXACTLY_ONCE',
    'execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION',
    `execution.checkpointing.dir: file://${checkpointsOf(directory)}`,
    'state.backend.type: hashmap',
    'restart-strategy.type: fixed-delay',
    'restart-strategy.fixed-delay.attempts: 2147483647',
    'restart-strategy.fixed-delay.delay: 500 ms',
    'taskmanager.memory.managed.size: 16m',
    'taskmanager.memory.network.min: 16m',
    'taskmanager.memory.network.max: 16m',
    'sql-client.execution.result-mode: tableau',
    ...(from === undefined ? [] : [`execution.state-recovery.path: file://${from}`]),
    '',
  ].join('\n');
}

const LOG4J = `rootLogger.level = WARN
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %m (%c)%n
`;
