/** One server certificate of the local authority, kept on disk and made anew before anybody has to think of it. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
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
    const made = await deps.authority.server(deps.kind, deps.names());
    writePair(stem, made);
    current = made;
    return true;
  };
  await renew();
  const pair = (): KeyPair => current!;
  return { pair, notAfterMs: () => Date.parse(new X509Certificate(pair().certificate).validTo), renew };
}

function isGood(pair: KeyPair, deps: ServerCertificateDeps): boolean {
  const x509 = parsed(pair);
  if (x509 === undefined) return false;
  if (!x509.verify(deps.authority.x509.publicKey) || isDue(Date.parse(x509.validTo), deps.nowMs()))
    return false;
  return deps.names().every((name) => x509.checkHost(name) !== undefined || x509.checkIP(name) !== undefined);
}

/** A pair that was cut short by a full disk is no loss: a new one costs nothing. */
function parsed(pair: KeyPair): X509Certificate | undefined {
  try {
    const x509 = new X509Certificate(pair.certificate);
    return x509.checkPrivateKey(createPrivateKey(pair.key)) ? x509 : undefined;
  } catch {
    return undefined;
  }
}
