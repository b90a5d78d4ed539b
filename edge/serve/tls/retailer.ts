/**
 * The retailer's own certificate, for the address that shoppers open. Its files belong to whoever renews them: they
 * are read again when they change, and a pair that cannot be used leaves the one before in place.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { KeyPair } from './x509.js';

export interface RetailerFiles {
  readonly certificate: string;
  readonly key: string;
  /** Host names that it serves; all names of the certificate that are no wildcards when absent. */
  readonly hosts?: readonly string[];
}

export interface RetailerCertificate {
  pair(): KeyPair;
  hosts(): readonly string[];
  notAfterMs(): number;
  /** Reads the files again when they changed. True when there is a new pair; throws why it cannot be used. */
  look(): boolean;
}

/** Throws an Error in words when the files are no pair. */
export function openRetailer(files: RetailerFiles): RetailerCertificate {
  let stamp = stampOf(files);
  let current = readRetailer(files);
  return {
    pair: () => current.pair,
    hosts: () => current.hosts,
    notAfterMs: () => current.notAfterMs,
    look() {
      const now = stampOf(files);
      if (now === stamp) return false;
      // Between the two writes of a renewal the files do not fit: the stamp moves only with a pair that does.
      current = readRetailer(files);
      stamp = now;
      return true;
    },
  };
}

interface Read {
  readonly pair: KeyPair;
  readonly hosts: readonly string[];
  readonly notAfterMs: number;
}

function readRetailer(files: RetailerFiles): Read {
  const pair = { certificate: readFileSync(files.certificate, 'utf8'), key: readFileSync(files.key, 'utf8') };
  const x509 = new X509Certificate(pair.certificate);
  if (!x509.checkPrivateKey(createPrivateKey(pair.key))) {
    throw new Error(`${files.key} is not the key of ${files.certificate}`);
  }
  const hosts = files.hosts ?? namesIn(x509);
  return {
    pair,
    hosts: hosts.map((host) => host.toLowerCase()),
    notAfterMs: Date.parse(x509.validTo),
  };
}

function namesIn(x509: X509Certificate): readonly string[] {
  return (x509.subjectAltName ?? '')
    .split(/,\s*/)
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice('DNS:'.length))
    .filter((name) => !name.includes('*'));
}

function stampOf(files: RetailerFiles): string {
  return [files.certificate, files.key]
    .map((path) => {
      const { mtimeMs, size, ino } = statSync(path);
      return `${mtimeMs} ${size} ${ino}`;
    })
    .join('|');
}
