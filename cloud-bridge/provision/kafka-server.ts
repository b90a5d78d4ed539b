import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createKafkajsClient } from '../kafkajs-client.js';
import { lastLines, runCommand } from './command.js';
import { ComponentMissing } from './component.js';
import { freePort, isFree } from './free-port.js';
import type { JavaProgram } from './jars.js';
import { endLeftover, noteServer, type ServerProcess, startServerProcess } from './server-process.js';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 150;
const PORT_TIMEOUT_MS = 2_000;
const HEAP = '512m';

export interface KafkaServerOptions {
  readonly program: JavaProgram;
  /** Holds the log, the settings and the process id; an earlier log is continued. */
  readonly directory: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly heap?: string;
}

/** One Kafka node on the loopback interface. */
export interface KafkaServer {
  readonly brokers: readonly string[];
  readonly port: number;
  pid(): number;
  alive(): boolean;
  /** Settles when the process that runs now is gone. */
  gone(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Start again on the same log and the same port, and wait until it answers. */
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** Start a single KRaft node and wait until it answers. Throws when the port is taken or it does not come up. */
export async function startKafka(options: KafkaServerOptions): Promise<KafkaServer> {
  mkdirSync(options.directory, { recursive: true });
  await endLeftover(join(options.directory, 'kafka.pid'), options.directory);
  const port = options.port === undefined || options.port === 0 ? await freePort() : options.port;
  await waitUntilFree(port);
  const settings = join(options.directory, 'server.properties');
  writeFileSync(settings, serverProperties(options.directory, port, await freePort()));
  writeFileSync(join(options.directory, 'log4j2.properties'), LOG4J);
  await formatLog(options, settings);
  const address = `127.0.0.1:${port}`;
  const start = async () => {
    const started = startServerProcess({
      command: options.program.java,
      args: [...javaArguments(options), 'kafka.Kafka', settings],
      cwd: options.directory,
    });
    noteServer(join(options.directory, 'kafka.pid'), started);
    await waitUntilReady(started, address);
    return started;
  };
  let server = await start();
  return {
    brokers: [address],
    port,
    pid: () => server.pid,
    alive: () => server.alive(),
    gone: () => server.gone,
    stop: () => server.stop(),
    kill: () => server.kill(),
    async restart() {
      if (server.alive()) await server.stop();
      server = await start();
    },
    pause: () => server.pause(),
    resume: () => server.resume(),
  };
}

/** The system gives the port of a process that was just killed back a moment later. */
async function waitUntilFree(port: number): Promise<void> {
  const deadline = performance.now() + PORT_TIMEOUT_MS;
  while (!(await isFree(port))) {
    if (performance.now() > deadline) {
      const cure = 'stop what listens there and try again';
      throw new ComponentMissing('kafka', 'PortTaken', `port ${port} of 127.0.0.1 is taken; ${cure}`);
    }
    await delay(READY_POLL_MS);
  }
}

function javaArguments({ program, directory, heap }: KafkaServerOptions): string[] {
  return [
    ...[
      `-Xmx${heap ?? HEAP}`,
      '-Xms64m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-Djava.awt.headless=true',
    ],
    `-Dlog4j2.configurationFile=${join(directory, 'log4j2.properties')}`,
    ...['-cp', join(program.jars, '*')],
  ];
}

async function formatLog(options: KafkaServerOptions, settings: string): Promise<void> {
  if (existsSync(join(options.directory, 'log', 'meta.properties'))) return;
  const { code, output } = await runCommand(
    options.program.java,
    [...javaArguments(options), 'kafka.tools.StorageTool', 'format', '-t', newClusterId(), '-c', settings],
    { cwd: options.directory, timeoutMs: READY_TIMEOUT_MS },
  );
  if (code !== 0) throw new Error(`kafka could not format its log: ${lastLines(output)}`);
}

/** Sixteen random bytes in base64url. Not with a dash in front, which its tool would take for the next option: one in 64 is. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

async function waitUntilReady(server: ServerProcess, address: string): Promise<void> {
  const client = createKafkajsClient({
    brokers: [address],
    clientId: 'endcap-starter',
    callTimeoutMs: 3_000,
  });
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (!server.alive()) throw new Error(`kafka ended while starting: ${lastLines(server.tail())}`);
    try {
      await client.describeTopics([]);
      return;
    } catch {
      // Not listening yet, or no controller elected yet.
      await delay(READY_POLL_MS);
    }
  }
  await server.kill();
  throw new Error(`kafka did not answer within ${READY_TIMEOUT_MS / 1000} s: ${lastLines(server.tail())}`);
}

/** A single node keeps one copy of everything; small pools, because a test machine has two cores. */
function serverProperties(directory: string, port: number, controllerPort: number): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${join(directory, 'log')}`,
    'auto.create.topics.enable=false',
    // A killed node may not register again before its old session has run out; the default makes that 9 s.
    'broker.session.timeout.ms=4000',
    'broker.heartbeat.interval.ms=500',
    'num.network.threads=2',
    'num.io.threads=2',
    'background.threads=2',
    'log.cleaner.dedupe.buffer.size=8388608',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'share.coordinator.state.topic.num.partitions=1',
    'group.initial.rebalance.delay.ms=0',
    '',
  ].join('\n');
}

const LOG4J = `rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %m (%c)%n
`;
