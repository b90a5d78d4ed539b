import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Campaign, type PresencePolicy, Product, type StorePolicy } from '../contracts/index.js';
import { campaignChecks, campaignPlaces, repeatedCampaigns } from './campaign-checks.js';
import { type HqTls, hqTlsOf, hqTlsProblems } from './hq-tls.js';
import { nearest } from './near.js';
import { playlistProblems } from './playlist-checks.js';
import { ConfigError, type ConfigProblem } from './problems.js';
import { type PushConfig, pushConfigOf, pushPolicyOf, pushProblems } from './push.js';
import { ConfigFile, PAYLOAD_BYTES_MAX } from './schema.js';
import { storeChecks } from './store-checks.js';
import { type HttpTls, httpTlsOf, type MqttTls, mqttTlsOf, tlsProblems } from './tls.js';
import { type ReadYaml, readYamlFile, type YamlFile } from './yaml-file.js';

/** The whole configuration, checked, with every default filled in. Nothing reads the environment after this. */
export interface Config {
  readonly path: string;
  readonly policy: StorePolicy;
  readonly products: readonly Product[];
  readonly campaigns: readonly Campaign[];
  /** Where each campaign stands, as `file:line`, by its id. */
  readonly campaignPlaces: Readonly<Record<string, string>>;
  readonly dataDirectory: string;
  readonly auth: 'required' | 'open';
  /** With `tls` the port speaks TLS and nothing else. */
  readonly http: { readonly host: string; readonly port: number; readonly tls?: HttpTls };
  readonly mqtt: {
    readonly host: string;
    readonly port: number;
    readonly url?: string;
    readonly tls?: MqttTls;
  };
  /** Absent: no messages to phones, only the open page. */
  readonly push?: PushConfig;
  readonly hq: {
    readonly brokers: readonly string[];
    readonly partition: number;
    readonly allowUnsafe: boolean;
    /** With it the brokers are spoken to by TLS and nothing else. */
    readonly tls?: HqTls;
  };
  /** Hours without a time server after which the clock is not relied on; 0: never, the host sets it. */
  readonly clock: { readonly unsyncedHours: number };
  readonly limits: {
    readonly journalBytes: number;
    readonly payloadBytes: number;
    readonly mqttClients: number;
    /** Connections over HTTP from one address. */
    readonly connectionsPerAddress: number;
    /** How long whoever listens may take nothing before they are cut. */
    readonly patienceMs: number;
    /** What the maker rates the disk for, for `endcap doctor` alone. */
    readonly flashTerabytes?: number;
  };
}

export interface Environment {
  readonly ENDCAP_DATA?: string | undefined;
  readonly KAFKA_BROKERS?: string | undefined;
}

const GIB = 1024 ** 3;
const PRESENCE_DEFAULTS: PresencePolicy = {
  confirmS: 2,
  forgetS: 45,
  hysteresisDb: 4,
  smoothingS: 3,
  minRssi: -95,
};
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const ProductFile = Type.Object({ products: Type.Array(Product) });
const CampaignFile = Type.Object({ campaigns: Type.Array(Campaign) });

/** Throws ConfigError naming file, line, field and what was expected, for every problem found. */
export function loadConfig(path: string, environment: Environment): Config {
  const file = readYamlFile(path, ConfigFile);
  const productFiles = namedFiles(file, 'products', ProductFile);
  const campaignFiles = namedFiles(file, 'campaigns', CampaignFile);
  const misfits = [
    ...file.problems,
    ...storeChecks(file),
    ...[...productFiles, ...campaignFiles].flatMap(({ problems }) => problems),
  ];
  if (misfits.length > 0) throw new ConfigError(misfits);
  const config = assemble(file.value, { path, environment });
  const complete: Config = {
    ...config,
    products: productFiles.flatMap((products) => products.value.products),
    campaigns: campaignFiles.flatMap((campaigns) => campaigns.value.campaigns),
    campaignPlaces: campaignPlaces(campaignFiles),
  };
  const problems = [
    ...crossChecks(file, complete),
    ...playlistProblems(complete.policy.screens, complete.campaigns).map(({ field, text }) =>
      file.problemAt(field, text),
    ),
    ...campaignFiles.flatMap((campaigns) => campaignChecks(campaigns, complete)),
    ...repeatedCampaigns(campaignFiles),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(complete);
}

/** The files that a key of store.yaml names. One that is not there is a problem of the line that names it. */
function namedFiles<S extends TSchema>(
  file: YamlFile<unknown>,
  key: 'products' | 'campaigns',
  schema: S,
): readonly ReadYaml<Static<S>>[] {
  const named = [(file.value as Readonly<Record<string, unknown>> | undefined)?.[key]].flat();
  return named.flatMap((name, place) => {
    if (typeof name !== 'string' || name === '') return [];
    const path = resolve(dirname(file.path), name);
    if (existsSync(path)) return [readYamlFile(path, schema)];
    const problem = file.problemAt(named.length > 1 ? `/${key}/${place}` : `/${key}`, notThere(name, path));
    return [{ path, value: undefined as Static<S>, problemAt: file.problemAt, problems: [problem] }];
  });
}

function notThere(name: string, path: string): string {
  const folder = dirname(path);
  const near = existsSync(folder) ? nearest(basename(path), readdirSync(folder)) : undefined;
  return `names "${name}", which does not exist in ${folder}${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

function assemble(
  file: ConfigFile,
  source: { path: string; environment: Environment },
): Omit<Config, 'products' | 'campaigns' | 'campaignPlaces'> {
  const { environment } = source;
  const brokers = environment.KAFKA_BROKERS?.split(',').map((broker) => broker.trim());
  return {
    path: source.path,
    policy: policyOf(file),
    dataDirectory: resolve(environment.ENDCAP_DATA ?? file.data ?? 'data'),
    auth: file.auth ?? 'required',
    http: httpOf(file, source.path),
    mqtt: {
      host: file.mqtt?.host ?? '127.0.0.1',
      port: file.mqtt?.port ?? (file.mqtt?.tls === undefined ? 1883 : 8883),
      ...(file.mqtt?.tls === undefined ? {} : { tls: mqttTlsOf(file.mqtt.tls) }),
      ...(file.mqtt?.url === undefined ? {} : { url: file.mqtt.url }),
    },
    ...(file.push === undefined ? {} : { push: pushConfigOf(file.push, source.path) }),
    hq: {
      brokers: brokers ?? file.hq?.brokers ?? [],
      partition: file.hq?.partition ?? 0,
      allowUnsafe: file.hq?.allowUnsafe ?? false,
      ...(file.hq?.tls === undefined ? {} : { tls: hqTlsOf(file.hq.tls, source.path) }),
    },
    clock: { unsyncedHours: file.clock?.unsyncedHours ?? 24 },
    limits: {
      journalBytes: file.limits?.journalBytes ?? 8 * GIB,
      payloadBytes: file.limits?.payloadBytes ?? PAYLOAD_BYTES_MAX,
      mqttClients: file.limits?.mqttClients ?? 500,
      connectionsPerAddress: file.limits?.connectionsPerAddress ?? 1_500,
      patienceMs: (file.limits?.patienceS ?? 6) * 1_000,
      ...(file.limits?.flashTerabytes === undefined ? {} : { flashTerabytes: file.limits.flashTerabytes }),
    },
  };
}

function httpOf({ http }: ConfigFile, path: string): Config['http'] {
  const host = http?.host ?? '127.0.0.1';
  if (http?.tls === undefined) return { host, port: http?.port ?? 8080 };
  return { host, port: http.port ?? 8443, tls: httpTlsOf(http.tls, path) };
}

function policyOf(file: ConfigFile): StorePolicy {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency: file.store.currency }).resolvedOptions()
      .maximumFractionDigits ?? 2;
  return {
    store: file.store,
    zones: file.zones,
    nodes: file.nodes ?? [],
    screens: file.screens ?? [],
    shelves: file.shelves ?? [],
    ...(file.fixtures === undefined ? {} : { fixtures: file.fixtures }),
    ...(file.plan === undefined ? {} : { plan: file.plan }),
    presence: { ...PRESENCE_DEFAULTS, ...file.presence },
    consentDays: file.consentDays ?? 365,
    ...(file.push === undefined ? {} : { push: pushPolicyOf(file.push) }),
    offline: { maxValueMinor: Math.round((file.offline?.maxValue ?? 5) * 10 ** digits) },
  };
}

function crossChecks(file: YamlFile<ConfigFile>, config: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  problems.push(...pushProblems(file.value.push, file.path, file.problemAt));
  problems.push(...tlsProblems(file.value, file.path, file.problemAt));
  problems.push(...hqTlsProblems(config.hq.tls ?? {}, file.problemAt));
  const exposed = listenersOf(config).filter((host) => !LOOPBACK.has(host));
  if (config.auth === 'open' && exposed.length > 0) {
    problems.push(
      file.problemAt(
        '/auth',
        `"open" is only allowed while every listener is on loopback; ${exposed.join(', ')} is not`,
      ),
    );
  }
  return problems;
}

/** Hosts that anything of the store listens on. */
export function listenersOf({ http, mqtt }: Pick<Config, 'http' | 'mqtt'>): readonly string[] {
  const own = mqtt.url === undefined ? [mqtt.host] : [];
  return [http.host, ...own, ...(mqtt.tls?.plain === undefined ? [] : [mqtt.tls.plain.host])];
}
