/**
 * Making certificates and requests. The library behind it is loaded when something is made, which is at first boot and
 * every two months: a running store does not carry its 20 MB. Reading is done by `node:crypto`.
 */
import { createPublicKey, generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { JsonGeneralName } from '@peculiar/x509';
import { plainId, RefusalError } from '../../contracts/index.js';
import type { Validity } from './validity.js';

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface LeafWish {
  readonly commonName: string;
  /** PEM, SPKI. */
  readonly publicKey: string;
  readonly validity: Validity;
  readonly use: 'server' | 'client';
  /** DNS names and addresses of a server, or the URN of a client. */
  readonly names: readonly string[];
}

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const RSA_BITS_MIN = 2_048;
const RSA_BITS_MAX = 4_096;
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1']);

async function load() {
  // The library keeps its parts in a container that looks for this on load.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** A private key on P-256, PEM (PKCS #8), and its public half, PEM (SPKI). */
export function newKey(): { key: string; publicKey: string } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** A self-signed authority that may sign leaves and nothing below them. */
export async function makeRoot(commonName: string, validity: Validity): Promise<KeyPair> {
  const x509 = await load();
  const { key, publicKey } = newKey();
  const spki = derOf(publicKey);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: newSerial(),
    subject: [{ CN: [commonName] }],
    issuer: [{ CN: [commonName] }],
    publicKey: spki,
    signingKey: await signingKey(key),
    signingAlgorithm: ECDSA,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(spki),
    ],
  });
  return { certificate: certificate.toString('pem'), key };
}

/** PEM of a leaf signed by the authority. `serial` is what the ledger knows it by. */
export async function signLeaf(
  issuer: KeyPair,
  wish: LeafWish,
): Promise<{ certificate: string; serial: string }> {
  const x509 = await load();
  const root = new x509.X509Certificate(issuer.certificate);
  const serial = newSerial();
  const spki = derOf(wish.publicKey);
  const certificate = await x509.X509CertificateGenerator.create({
    ...wish.validity,
    serialNumber: serial,
    subject: [{ CN: [wish.commonName.slice(0, 64)] }],
    issuer: root.subjectName.toJSON(),
    publicKey: spki,
    signingKey: await signingKey(issuer.key),
    signingAlgorithm: ECDSA,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([wish.use === 'server' ? SERVER_AUTH : CLIENT_AUTH]),
      new x509.SubjectAlternativeNameExtension(wish.names.map(generalName)),
      await x509.SubjectKeyIdentifierExtension.create(spki),
      await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), serial };
}

/** A request (PKCS #10, PEM) for a key that stays where it was made. */
export async function makeRequest(commonName: string, key: string): Promise<string> {
  const x509 = await load();
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const keys = {
    privateKey: await signingKey(key),
    publicKey: await webcrypto.subtle.importKey('spki', publicKey, ECDSA, true, ['verify']),
  };
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName.slice(0, 64)] }],
    keys,
    signingAlgorithm: ECDSA,
  });
  return request.toString('pem');
}

/**
 * The public key (PEM, SPKI) of a request whose sender holds the private one. Names and wishes in the request are not
 * read: who it is for is settled by who asks. Throws RefusalError for what is no request, or no good key.
 */
export async function keyOfRequest(pem: string): Promise<string> {
  const x509 = await load();
  const refused = (detail: string): RefusalError =>
    new RefusalError({ reason: 'SchemaMismatch', detail, field: '/csr' });
  let request: InstanceType<typeof x509.Pkcs10CertificateRequest>;
  try {
    request = new x509.Pkcs10CertificateRequest(pem);
  } catch {
    throw refused('csr is not a certificate request in PEM (PKCS #10)');
  }
  const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), type: 'spki', format: 'der' });
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const fits =
    (key.asymmetricKeyType === 'ec' && CURVES.has(namedCurve ?? '')) ||
    (key.asymmetricKeyType === 'rsa' &&
      (modulusLength ?? 0) >= RSA_BITS_MIN &&
      (modulusLength ?? 0) <= RSA_BITS_MAX);
  if (!fits)
    throw refused(`the key must be EC P-256 or P-384, or RSA of ${RSA_BITS_MIN} to ${RSA_BITS_MAX} bits`);
  const proven = await request.verify().catch(() => false);
  if (!proven) throw refused('the signature of the request does not fit its key');
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function generalName(name: string): JsonGeneralName {
  if (name.startsWith('urn:')) return { type: 'url', value: name };
  return isIP(name) === 0 ? { type: 'dns', value: name } : { type: 'ip', value: name };
}

/** 128 bits, the first of them 0 and the second 1: positive, and never written with leading zeros left out. */
function newSerial(): string {
  // It stands in audit entries, which are searched for card numbers like everything else.
  return plainId(() => {
    const bytes = randomBytes(16);
    bytes[0] = (bytes[0]! & 0x3f) | 0x40;
    return bytes.toString('hex').toUpperCase();
  });
}

const derOf = (spki: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createPublicKey(spki).export({ type: 'spki', format: 'der' }));

function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  const body = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', body, ECDSA, false, ['sign']);
}
