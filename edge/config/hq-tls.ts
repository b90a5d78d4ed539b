/** `hq.tls` of store.yaml: whether the brokers are spoken to by TLS, and who is believed about their certificates. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import type { ConfigProblem } from './problems.js';

export const HqTlsFile = Type.Object(
  {
    ca: Type.Optional(
      Type.String({
        minLength: 1,
        description: "file of the authority that signed the brokers' certificates, PEM; else public ones",
      }),
    ),
  },
  { additionalProperties: false },
);

export interface HqTls {
  /** Path of a PEM file; absent: the authorities that the machine knows. */
  readonly ca?: string;
}

/** `path` is that of store.yaml; files count from its folder. */
export const hqTlsOf = ({ ca }: Static<typeof HqTlsFile>, path: string): HqTls =>
  ca === undefined ? {} : { ca: resolve(dirname(path), ca) };

export function hqTlsProblems(
  { ca }: HqTls,
  problemAt: (field: string, expected: string) => ConfigProblem,
): ConfigProblem[] {
  if (ca === undefined) return [];
  try {
    new X509Certificate(readFileSync(ca));
    return [];
  } catch (error) {
    return [problemAt('/hq/tls/ca', `${ca} is no certificate in PEM: ${(error as Error).message}`)];
  }
}
