/** `push` of store.yaml: who answers for the messages, where they may go, when and how often. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import { PushPolicy } from '../contracts/index.js';
import type { ConfigProblem } from './problems.js';

const closed = { additionalProperties: false } as const;
/** A name of at least two labels whose last is no number; `*.` for any name below. `localhost` only as a service of one's own. */
const NAME =
  '(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\\.[a-z]([a-z0-9-]*[a-z0-9])?';
const PublicHost = Type.String({ maxLength: 253, pattern: `^${NAME}$` });
const OwnHost = Type.String({ maxLength: 253, pattern: `^(localhost|${NAME})$` });

export const PushFile = Type.Object(
  {
    contact: Type.String({
      maxLength: 300,
      pattern: '^(mailto:[^@\\s]+@[^@\\s]+|https://\\S+)$',
      description: 'whom a push service writes to when messages of this store cause trouble',
    }),
    quietHours: PushPolicy.properties.quietHours,
    perDay: Type.Optional(PushPolicy.properties.perDay),
    services: Type.Optional(
      Type.Array(
        Type.Union([
          PublicHost,
          Type.Object(
            {
              host: OwnHost,
              port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
              private: Type.Optional(Type.Boolean({ description: 'inside the own network' })),
              ca: Type.Optional(
                Type.String({ minLength: 1, description: 'file with its certificates, PEM' }),
              ),
            },
            closed,
          ),
        ]),
        { minItems: 1, maxItems: 64, description: 'instead of those of the browsers' },
      ),
    ),
  },
  closed,
);
export type PushFile = Static<typeof PushFile>;

/** A push service that the store may send to. */
export interface PushServiceRow {
  readonly host: string;
  readonly port: number;
  readonly mayBePrivate: boolean;
  /** PEM */
  readonly ca?: string;
}
export interface PushConfig {
  readonly contact: string;
  readonly services: readonly PushServiceRow[];
}

const HTTPS = 443;
const PER_DAY = 3;

/** Push services of Chromium (and what is built on it), Mozilla, Apple and Windows. */
export const BROWSER_SERVICES: readonly PushServiceRow[] = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '*.push.services.mozilla.com',
  'web.push.apple.com',
  '*.push.apple.com',
  '*.notify.windows.com',
].map((host) => ({ host, port: HTTPS, mayBePrivate: false }));

/** `path` is that of store.yaml. A file of certificates that cannot be read is left to `pushProblems`. */
export function pushConfigOf(push: PushFile, path: string): PushConfig {
  return {
    contact: push.contact,
    services: push.services?.map((service) => serviceOf(service, path)) ?? BROWSER_SERVICES,
  };
}

export function pushPolicyOf({ quietHours, perDay }: PushFile): PushPolicy {
  return { perDay: perDay ?? PER_DAY, ...(quietHours === undefined ? {} : { quietHours }) };
}

type ServiceEntry = NonNullable<PushFile['services']>[number];

function serviceOf(entry: ServiceEntry, path: string): PushServiceRow {
  if (typeof entry === 'string') return { host: entry, port: HTTPS, mayBePrivate: false };
  const row = { host: entry.host, port: entry.port ?? HTTPS, mayBePrivate: entry.private ?? false };
  if (entry.ca === undefined) return row;
  const ca = textOf(resolve(dirname(path), entry.ca));
  return ca === undefined ? row : { ...row, ca };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

export function pushProblems(
  push: PushFile | undefined,
  path: string,
  problemAt: (field: string, expected: string) => ConfigProblem,
): ConfigProblem[] {
  return (push?.services ?? []).flatMap((entry, index) => {
    if (typeof entry === 'string') return [];
    const at = `/push/services/${index}`;
    const problems: ConfigProblem[] = [];
    if (
      entry.ca !== undefined &&
      textOf(resolve(dirname(path), entry.ca))?.includes('-BEGIN CERTIFICATE-') !== true
    )
      problems.push(problemAt(`${at}/ca`, `"${entry.ca}" is no file with certificates in PEM`));
    if (entry.host === 'localhost' && entry.private !== true)
      problems.push(problemAt(`${at}/host`, 'localhost is inside the own network: say `private: true` too'));
    return problems;
  });
}
