/** One server certificate of the local authority, kept on disk and made anew before anybody has to think of it. */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Authority } from './authority.js';
import { readPair, writePair } from './key-files.js';
import { isDue } from './validity.js';
import type { KeyPair } from './x509.js';

export interface ServerCertificateDeps {
  readonly folder: string;
  readonly kind: 'pages' | 'broker';
  readonly authority: Authority;
  readonly names: () => readonly string[];
  readonly nowMs: () => number;
}

export interface ServerCertificate {
  pair(): KeyPair;
  notAfterMs(): number;
  /** Makes a new one when it is due, when the box has another address, or when told to. True when it did. */
  renew(force?: boolean): Promise<boolean>;
}

export async function openServerCertificate(deps: ServerCertificateDeps): Promise<ServerCertificate> {
  const stem = join(deps.folder, deps.kind);
  let current = readPair(stem);
  const renew = async (force = false): Promise<boolean> => {
    if (!force && current !== undefined && isGood(current, deps)) return false;
    current = await deps.authority.server(deps.kind, deps.names());
    writePair(stem, current);
    return true;
  };
  await renew();
  const pair = (): KeyPair => current!;
  return { pair, notAfterMs: () => Date.parse(new X509Certificate(pair().certificate).validTo), renew };
}

function isGood(pair: KeyPair, deps: ServerCertificateDeps): boolean {
  const x509 = new X509Certificate(pair.certificate);
  if (!x509.verify(deps.authority.x509.publicKey) || isDue(Date.parse(x509.validTo), deps.nowMs()))
    return false;
  return deps.names().every((name) => x509.checkHost(name) !== undefined || x509.checkIP(name) !== undefined);
}
