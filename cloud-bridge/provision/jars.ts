import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.js';
import { findCommand, lastLines, runCommand } from './command.js';
import {
  ComponentMissing,
  FLINK_KAFKA_CONNECTOR_VERSION,
  FLINK_VERSION,
  JAVA_MAJOR_MIN,
  KAFKA_VERSION,
  type OnProgress,
  type ProvisionOptions,
} from './component.js';
import { provisionCommand } from './debian.js';

const FETCH_TIMEOUT_MS = 900_000;
const STILL_FETCHING_MS = 5_000;

/** A Java program as the operating system starts it. */
export interface JavaProgram {
  readonly java: string;
  /** Folder with the jars of the class path. */
  readonly jars: string;
}

interface MavenArtifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  /** With its own dependencies, or the one jar alone. */
  readonly transitive: boolean;
}

/** Kafka's broker and tools. Throws ComponentMissing. */
export async function provisionKafka(options: ProvisionOptions = {}): Promise<JavaProgram> {
  const java = await provisionJava('kafka', options);
  const pom = pomOf([
    { group: 'org.apache.kafka', name: 'kafka_2.13', version: KAFKA_VERSION, transitive: true },
  ]);
  const jars = await cached({
    name: `kafka-${KAFKA_VERSION}`,
    recipe: pom,
    onProgress: options.onProgress,
    fill: async (directory) => {
      options.onProgress?.(`kafka ${KAFKA_VERSION}: fetching the broker and its libraries (about 40 MB)`);
      await copyMavenJars({ component: 'kafka', pom, directory }, options);
    },
  });
  return { java, jars };
}

/** Flink's SQL client with a local cluster and the Kafka connector. Throws ComponentMissing. */
export async function provisionFlink(options: ProvisionOptions = {}): Promise<JavaProgram> {
  const java = await provisionJava('flink', options);
  const wheel = `apache-flink-libraries==${FLINK_VERSION}`;
  const group = 'org.apache.flink';
  const pom = pomOf([
    {
      group,
      name: 'flink-sql-connector-kafka',
      version: FLINK_KAFKA_CONNECTOR_VERSION,
      transitive: false,
    },
    { group, name: 'flink-sql-gateway', version: FLINK_VERSION, transitive: false },
  ]);
  const jars = await cached({
    name: `flink-${FLINK_VERSION}`,
    recipe: `${wheel}\nlib+opt\n${pom}`,
    onProgress: options.onProgress,
    fill: async (directory) => {
      options.onProgress?.(`flink ${FLINK_VERSION}: fetching the libraries (about 312 MB)`);
      await unpackFlinkWheel({ wheel, directory }, options.onProgress);
      await copyMavenJars({ component: 'flink', pom, directory }, options);
    },
  });
  return { java, jars };
}

async function provisionJava(component: string, options: ProvisionOptions): Promise<string> {
  const home = process.env['JAVA_HOME'];
  const java =
    home !== undefined && home !== ''
      ? join(home, 'bin', 'java')
      : await provisionCommand(
          { component, command: 'java', debianPackage: `openjdk-${JAVA_MAJOR_MIN}-jre-headless` },
          options,
        );
  const { code, output } = await runCommand(java, ['-version']);
  const major = Number(/version "(\d+)/.exec(output)?.[1]);
  if (code !== 0 || Number.isNaN(major)) {
    throw new ComponentMissing(component, 'JavaMissing', `${java} does not start: ${lastLines(output, 1)}`);
  }
  if (major < JAVA_MAJOR_MIN) {
    throw new ComponentMissing(
      component,
      'JavaTooOld',
      `Java ${JAVA_MAJOR_MIN} or newer is needed, ${java} is ${major}`,
    );
  }
  return java;
}

async function copyMavenJars(
  wanted: { component: string; pom: string; directory: string },
  options: ProvisionOptions,
): Promise<void> {
  const maven = await provisionCommand(
    { component: wanted.component, command: 'mvn', debianPackage: 'maven' },
    options,
  );
  const work = join(wanted.directory, '.maven');
  mkdirSync(work);
  writeFileSync(join(work, 'pom.xml'), wanted.pom);
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${wanted.directory}`];
  await fetchWith({ component: wanted.component, command: maven, onProgress: options.onProgress }, [
    '-B',
    '-q',
    '-f',
    join(work, 'pom.xml'),
    ...goal,
    '-DincludeScope=runtime',
  ]);
  rmSync(work, { recursive: true });
}

/** Only the jars of the wheel are wanted; the SQL client does not start without those in `opt`. */
async function unpackFlinkWheel(
  wanted: { wheel: string; directory: string },
  onProgress: OnProgress | undefined,
): Promise<void> {
  const python = findCommand('python3');
  if (python === undefined) {
    throw new ComponentMissing('flink', 'PipMissing', 'python3 with pip is not on PATH');
  }
  const target = join(wanted.directory, '.wheel');
  await fetchWith({ component: 'flink', command: python, onProgress }, [
    ...['-m', 'pip', 'install', '--quiet', '--no-input', '--no-deps', '--no-compile', '--no-cache-dir'],
    ...['--target', target, wanted.wheel],
  ]);
  for (const folder of ['lib', 'opt']) {
    const from = join(target, 'pyflink', folder);
    for (const file of readdirSync(from)) {
      if (file.endsWith('.jar')) renameSync(join(from, file), join(wanted.directory, file));
    }
  }
  rmSync(target, { recursive: true });
}

async function fetchWith(
  by: { component: string; command: string; onProgress: OnProgress | undefined },
  args: readonly string[],
): Promise<void> {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    by.onProgress?.(`${by.component}: still fetching, ${seconds} s so far`);
  }, STILL_FETCHING_MS);
  try {
    const { code, output } = await runCommand(by.command, args, { timeoutMs: FETCH_TIMEOUT_MS });
    if (code === 0) return;
    throw new ComponentMissing(by.component, 'FetchFailed', lastLines(output) || `exit code ${code}`);
  } finally {
    clearInterval(timer);
  }
}

function pomOf(artifacts: readonly MavenArtifact[]): string {
  const everything =
    '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';
  const dependencies = artifacts.map(
    ({ group, name, version, transitive }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>` +
      `${transitive ? '' : everything}</dependency>`,
  );
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>',
    '<groupId>endcap</groupId><artifactId>provision</artifactId><version>1</version><packaging>pom</packaging>',
    `<dependencies>${dependencies.join('')}</dependencies></project>`,
  ].join('\n');
}
