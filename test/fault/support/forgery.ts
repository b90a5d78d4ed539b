import { join } from 'node:path';
import type { Role } from '../../../edge/ports.js';
import { readPair } from '../../../edge/serve/tls/key-files.js';
import { openLedger } from '../../../edge/serve/tls/ledger.js';
import { type KeyPair, type LeafWish, makeRoot, newKey, signLeaf } from '../../../edge/serve/tls/x509.js';

const DAY_MS = 86_400_000;
const GOOD = { notBefore: new Date(0), notAfter: new Date(Date.now() + 100 * DAY_MS) };
export const PAST = { notBefore: new Date(0), notAfter: new Date(Date.now() - DAY_MS) };

/** The authority of a store, key and all: what an attacker has who copied the folder of secrets. */
export function authorityOf(directory: string): KeyPair {
  const pair = readPair(join(directory, 'data', 'keys', 'tls', 'authority'));
  if (pair === undefined) throw new Error(`${directory} has no authority`);
  return pair;
}

export const strangersRoot = (name: string): Promise<KeyPair> => makeRoot(name, GOOD);

/** A certificate with its key, signed by whoever is named. */
export async function forge(
  issuer: KeyPair,
  wish: Partial<Omit<LeafWish, 'publicKey'>>,
): Promise<KeyPair & { serial: string }> {
  const { key, publicKey } = newKey();
  const made = await signLeaf(issuer, {
    commonName: 'beverages-1',
    validity: GOOD,
    use: 'client',
    names: ['urn:endcap:store-014:beverages-1'],
    ...wish,
    publicKey,
  });
  return { ...made, key };
}

/** Written into the ledger by hand, as another process would. */
export function enter(
  directory: string,
  row: { serial: string; subject: string; role: Role; notAfterMs: number },
): void {
  const ledger = openLedger(join(directory, 'data', 'keys', 'auth.db'));
  ledger.add({ issuedMs: 0, ...row });
  ledger.close();
}
