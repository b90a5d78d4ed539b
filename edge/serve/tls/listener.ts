/** TLS of one listener: versions, ciphers, which certificate for which name, and what a client must show. */
import type { Server as TlsServer } from 'node:tls';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { ListenerTls } from '../../ports.js';
import type { Peers } from './peers.js';
import type { RetailerCertificate } from './retailer.js';
import type { ServerCertificate } from './server-certificate.js';

export interface ListenerDeps {
  /** PEM; clients are told that certificates of this authority are asked for. */
  readonly root: string;
  readonly server: ServerCertificate;
  readonly retailer?: RetailerCertificate;
  readonly peers: Peers;
  readonly clientCertificate: 'accepted' | 'required';
  /** Told of handshakes that failed or were not finished in time. */
  readonly onCut: (reason: string) => void;
  /** For the negative control of the fault suite alone: takes what was given up in 2021. */
  readonly verification?: 'off';
}

export interface RenewableTls extends ListenerTls {
  /** The certificates changed: handshakes from now on use the new ones. Open connections go on. */
  refresh(): void;
}

/** Those with forward secrecy and authenticated encryption, strongest habits first; TLS 1.3 has only such. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');
const HANDSHAKE_MS = 5_000;
/** SSL_OP_NO_TICKET: a resumed session would show the certificate of yesterday's handshake. */
const NO_TICKET = 0x4000;

export function createListenerTls(deps: ListenerDeps): RenewableTls {
  const servers = new Set<TlsServer>();
  const contextOf = (pair: { certificate: string; key: string }): SecureContextOptions => ({
    cert: pair.certificate,
    key: pair.key,
    ca: deps.root,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    ecdhCurve: 'X25519:P-256:P-384',
    secureOptions: NO_TICKET,
    ...(deps.verification === 'off' ? OLD_PROTOCOLS : {}),
  });
  let contexts = contextsOf(deps, contextOf);
  const isRetailers = (name: string | undefined): boolean =>
    name !== undefined && deps.retailer?.hosts().includes(name.toLowerCase()) === true;

  return {
    options: {
      ...contextOf(deps.server.pair()),
      requestCert: true,
      // Not by the library: it would refuse browsers, which have none, and ask the machine's clock.
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_MS,
      SNICallback: (name, done) => done(null, isRetailers(name) ? contexts.retailer : contexts.local),
    },
    attach(server) {
      servers.add(server);
      // A plain TLS server leaves a handshake that timed out open.
      server.on('tlsClientError', (_error, socket) => {
        deps.onCut('HandshakeFailed');
        socket.destroy();
      });
      server.prependListener('secureConnection', (socket) =>
        deps.peers.admit(socket, deps.clientCertificate === 'required'),
      );
    },
    certified: deps.peers.certified,
    isRetailers,
    refresh() {
      contexts = contextsOf(deps, contextOf);
      for (const server of servers) server.setSecureContext(contextOf(deps.server.pair()));
    },
  };
}

const OLD_PROTOCOLS: SecureContextOptions = { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' };

function contextsOf(
  deps: ListenerDeps,
  contextOf: (pair: { certificate: string; key: string }) => SecureContextOptions,
): { local: SecureContext; retailer?: SecureContext } {
  const local = createSecureContext(contextOf(deps.server.pair()));
  if (deps.retailer === undefined) return { local };
  return { local, retailer: createSecureContext(contextOf(deps.retailer.pair())) };
}
