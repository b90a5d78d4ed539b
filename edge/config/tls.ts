/** `http.tls` and `mqtt.tls` of store.yaml: their shapes, defaults and checks. Paths count from the file's own folder. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import type { ConfigProblem } from './problems.js';

const closed = { additionalProperties: false } as const;
const Host = (description: string) => Type.String({ pattern: '^[A-Za-z0-9:.-]{1,255}$', description });
const Port = (description: string) => Type.Integer({ minimum: 0, maximum: 65_535, description });

export const HttpTlsFile = Type.Object(
  {
    names: Type.Optional(
      Type.Array(Host('name or address'), {
        maxItems: 50,
        description: 'further names under which staff and screens reach this box; its addresses are known',
      }),
    ),
    certificate: Type.Optional(
      Type.String({
        minLength: 1,
        description: "file of the retailer's certificate and what it hangs on, PEM",
      }),
    ),
    key: Type.Optional(Type.String({ minLength: 1, description: 'file of its private key, PEM' })),
    shopperHost: Type.Optional(Host("host name of the shopper page; else all in the retailer's certificate")),
    redirectPort: Type.Optional(Port('plain port that sends browsers on to https')),
  },
  closed,
);

export const MqttTlsFile = Type.Object(
  {
    clientCertificate: Type.Optional(
      Type.Union([Type.Literal('accepted'), Type.Literal('required')], {
        description: 'accepted: a certificate or a token; required: a certificate',
      }),
    ),
    plain: Type.Optional(
      Type.Object(
        { host: Type.Optional(Host('127.0.0.1 when absent')), port: Port('0 takes any free port') },
        {
          ...closed,
          description: 'a second door without TLS, for sensors that know none',
        },
      ),
    ),
  },
  closed,
);

export interface HttpTls {
  readonly names: readonly string[];
  readonly retailer?: {
    readonly certificate: string;
    readonly key: string;
    readonly hosts?: readonly string[];
  };
  readonly redirectPort?: number;
}

export interface MqttTls {
  readonly clientCertificate: 'accepted' | 'required';
  readonly plain?: { readonly host: string; readonly port: number };
}

/** `path` is that of store.yaml. A certificate without its key is left to `tlsProblems`. */
export function httpTlsOf(file: Static<typeof HttpTlsFile>, path: string): HttpTls {
  const beside = (name: string): string => resolve(dirname(path), name);
  const { certificate, key, shopperHost, redirectPort } = file;
  return {
    names: file.names ?? [],
    ...(certificate === undefined || key === undefined
      ? {}
      : {
          retailer: {
            certificate: beside(certificate),
            key: beside(key),
            ...(shopperHost === undefined ? {} : { hosts: [shopperHost] }),
          },
        }),
    ...(redirectPort === undefined ? {} : { redirectPort }),
  };
}

export function mqttTlsOf(file: Static<typeof MqttTlsFile>): MqttTls {
  return {
    clientCertificate: file.clientCertificate ?? 'accepted',
    ...(file.plain === undefined
      ? {}
      : { plain: { host: file.plain.host ?? '127.0.0.1', port: file.plain.port } }),
  };
}

type ProblemAt = (field: string, expected: string) => ConfigProblem;

/** What no schema can say: files that are there and fit each other, and settings that need one another. */
export function tlsProblems(
  file: { http?: { tls?: Static<typeof HttpTlsFile> }; mqtt?: { tls?: unknown; url?: string } },
  path: string,
  problemAt: ProblemAt,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (file.mqtt?.tls !== undefined && file.mqtt.url !== undefined) {
    problems.push(
      problemAt(
        '/mqtt/tls',
        'is of the broker inside Endcap; with mqtt.url write mqtts:// there and leave tls out',
      ),
    );
  }
  const tls = file.http?.tls;
  if (tls === undefined) return problems;
  const { certificate, key } = tls;
  if (certificate !== undefined && key === undefined) {
    problems.push(
      problemAt('/http/tls/certificate', 'needs http.tls.key beside it: the file of its private key'),
    );
  }
  if (key !== undefined && certificate === undefined) {
    problems.push(problemAt('/http/tls/key', 'needs http.tls.certificate beside it: the file it belongs to'));
  }
  if (tls.shopperHost !== undefined && certificate === undefined) {
    problems.push(
      problemAt(
        '/http/tls/shopperHost',
        "needs http.tls.certificate: shoppers' phones do not know the store's own authority",
      ),
    );
  }
  if (certificate !== undefined && key !== undefined) {
    const beside = (name: string): string => resolve(dirname(path), name);
    problems.push(
      ...pairProblems(
        { certificate: beside(certificate), key: beside(key), host: tls.shopperHost },
        problemAt,
      ),
    );
  }
  return problems;
}

function pairProblems(
  files: { certificate: string; key: string; host: string | undefined },
  problemAt: ProblemAt,
): ConfigProblem[] {
  const x509 = parsed(() => new X509Certificate(readFileSync(files.certificate)));
  if (typeof x509 === 'string')
    return [problemAt('/http/tls/certificate', `${files.certificate} is no certificate in PEM: ${x509}`)];
  const key = parsed(() => createPrivateKey(readFileSync(files.key)));
  if (typeof key === 'string')
    return [problemAt('/http/tls/key', `${files.key} is no private key in PEM without a password: ${key}`)];
  if (!x509.checkPrivateKey(key))
    return [problemAt('/http/tls/key', `${files.key} is not the key of ${files.certificate}`)];
  if (files.host !== undefined && x509.checkHost(files.host) === undefined) {
    const names = x509.subjectAltName ?? 'no name';
    return [problemAt('/http/tls/shopperHost', `the certificate is for ${names}, not for ${files.host}`)];
  }
  if (files.host === undefined && !/DNS:[^*,]+(,|$)/.test(x509.subjectAltName ?? '')) {
    return [
      problemAt(
        '/http/tls/certificate',
        'names no host outright; say in http.tls.shopperHost which one shoppers open',
      ),
    ];
  }
  return [];
}

function parsed<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return (error as Error).message;
  }
}
