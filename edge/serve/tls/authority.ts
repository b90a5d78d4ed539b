/** The store's own authority: made once, kept in the folder of secrets, known by its fingerprint. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../ports.js';
import { readPair, UnusableFileError, writePair } from './key-files.js';
import { type CertificateKind, validityOf } from './validity.js';
import { type KeyPair, keyOfRequest, makeRoot, newKey, signLeaf } from './x509.js';

export interface AuthorityDeps {
  /** Folder for secrets with mode 0700; `authority.key` and `authority.crt` lie in it. */
  readonly folder: string;
  readonly storeId: string;
  /** The store's clock, never the machine's: it does not go back. */
  readonly nowMs: () => number;
}

export interface DeviceCertificate {
  /** PEM. */
  readonly certificate: string;
  readonly serial: string;
  readonly notAfterMs: number;
}

export interface Authority {
  /** PEM of the root. */
  readonly root: string;
  readonly x509: X509Certificate;
  /** SHA-256 in colon-separated hex, as browsers and openssl show it. */
  readonly fingerprint: string;
  /** A server certificate with a key of its own. */
  server(kind: Extract<CertificateKind, 'pages' | 'broker'>, names: readonly string[]): Promise<KeyPair>;
  /** Throws RefusalError for a request that cannot be used. */
  device(principal: { subject: string; role: Role }, request: string): Promise<DeviceCertificate>;
}

const STEM = 'authority';

/** What a certificate of a device names: the store too, so that a chain can tell two shops' tills apart. */
export const deviceName = (storeId: string, subject: string): string => `urn:endcap:${storeId}:${subject}`;

/** Reads the authority, or makes it at first boot. Throws UnusableFileError rather than make a second one over a broken first. */
export async function openAuthority(deps: AuthorityDeps): Promise<Authority> {
  const stem = join(deps.folder, STEM);
  const pair = readPair(stem) ?? (await makeAuthority(stem, deps));
  const x509 = checked(stem, pair);
  return {
    root: pair.certificate,
    x509,
    fingerprint: x509.fingerprint256,
    async server(kind, names) {
      const { key, publicKey } = newKey();
      const { certificate } = await signLeaf(pair, {
        commonName: `Endcap ${deps.storeId}`,
        publicKey,
        validity: validityOf(kind, deps.nowMs()),
        use: 'server',
        names,
      });
      return { certificate, key };
    },
    async device({ subject }, request) {
      const validity = validityOf('device', deps.nowMs());
      const made = await signLeaf(pair, {
        commonName: subject,
        publicKey: await keyOfRequest(request),
        validity,
        use: 'client',
        names: [deviceName(deps.storeId, subject)],
      });
      return { ...made, notAfterMs: validity.notAfter.getTime() };
    },
  };
}

/** Every device and tablet that trusts the first authority would have to be visited for a second. */
function checked(stem: string, pair: KeyPair): X509Certificate {
  try {
    const x509 = new X509Certificate(pair.certificate);
    if (x509.checkPrivateKey(createPrivateKey(pair.key))) return x509;
  } catch {
    // What is wrong with it in detail helps nobody.
  }
  throw new UnusableFileError(
    `${stem}.crt and ${stem}.key are not a pair. Put both back from where the store's secrets are kept; or move the folder away, and every device and tablet must be given the new root.`,
  );
}

async function makeAuthority(stem: string, deps: AuthorityDeps): Promise<KeyPair> {
  // The key is written first: alone it is what a crash left behind, and nobody has seen a root of it.
  if (existsSync(`${stem}.crt`)) {
    throw new UnusableFileError(
      `${stem}.key is missing. Put it back from where the store's secrets are kept; or move ${stem}.crt away, and every device and tablet must be given the new root.`,
    );
  }
  const pair = await makeRoot(`Endcap ${deps.storeId} authority`, validityOf('root', deps.nowMs()));
  writePair(stem, pair);
  return pair;
}
