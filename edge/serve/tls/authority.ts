/** The store's own authority: made once, kept in the folder of secrets, known by its fingerprint. */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Role } from '../../ports.js';
import { readPair, writePair } from './key-files.js';
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

/** True when this store has made its authority already. */
export const hasAuthority = (folder: string): boolean => readPair(join(folder, STEM)) !== undefined;

/** What a certificate of a device names: the store too, so that a chain can tell two shops' tills apart. */
export const deviceName = (storeId: string, subject: string): string => `urn:endcap:${storeId}:${subject}`;

/** Reads the authority, or makes it at first boot. */
export async function openAuthority(deps: AuthorityDeps): Promise<Authority> {
  const stem = join(deps.folder, STEM);
  const pair = readPair(stem) ?? (await makeAuthority(stem, deps));
  const x509 = new X509Certificate(pair.certificate);
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

async function makeAuthority(stem: string, deps: AuthorityDeps): Promise<KeyPair> {
  const pair = await makeRoot(`Endcap ${deps.storeId} authority`, validityOf('root', deps.nowMs()));
  writePair(stem, pair);
  return pair;
}
