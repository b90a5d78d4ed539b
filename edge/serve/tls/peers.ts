/**
 * Client certificates: who a connection proved to be, looked at in the handshake and again while it is open. The
 * ledger is asked each time, so that taking one back needs no list to travel and no link to anywhere.
 */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Principal } from '../../ports.js';
import type { Authority } from './authority.js';
import type { CertificateLedger } from './ledger.js';

export interface PeerDeps {
  readonly authority: Pick<Authority, 'x509'>;
  readonly ledger: Pick<CertificateLedger, 'find'>;
  readonly nowMs: () => number;
  /** Told of every connection that was cut, with the reason of the count. */
  readonly onCut: (reason: string) => void;
  /** For the negative control of the fault suite alone. */
  readonly verification?: 'off';
}

export interface Peers {
  /** Looks at a connection whose handshake is done; one that is not welcome is gone afterwards. */
  admit(socket: TLSSocket, certificateNeeded: boolean): void;
  certified(socket: Socket): Principal | undefined;
  /** Cuts whoever's certificate ended or was taken back since. */
  sweep(): void;
}

/** What OpenSSL says by the machine's clock, which may be wrong; the store's own clock is asked instead. */
const BY_MACHINE_CLOCK: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

export function createPeers(deps: PeerDeps): Peers {
  const known = new Map<Socket, { serial: string; principal: Principal }>();

  const cut = (socket: TLSSocket | Socket, reason: string): void => {
    known.delete(socket);
    deps.onCut(reason);
    socket.destroy();
  };

  /** The reason against, or who it is. */
  const judge = (serial: string): Principal | string => {
    const row = deps.ledger.find(serial);
    if (row === undefined) return 'CertificateUnknown';
    if (row.revokedMs !== null) return 'CertificateRevoked';
    if (row.notAfterMs <= deps.nowMs()) return 'CertificateExpired';
    return { role: row.role, subject: row.subject };
  };

  const examine = (socket: TLSSocket, certificate: X509Certificate): Principal | string => {
    if (deps.verification === 'off') return { role: 'device', subject: nameIn(certificate) };
    const doubt = socket.authorized ? undefined : String(socket.authorizationError);
    if (doubt !== undefined && !BY_MACHINE_CLOCK.has(doubt)) return 'CertificateRefused';
    const { x509: root } = deps.authority;
    if (!certificate.checkIssued(root) || !certificate.verify(root.publicKey)) return 'CertificateRefused';
    return judge(certificate.serialNumber);
  };

  return {
    admit(socket, certificateNeeded) {
      const certificate = socket.getPeerX509Certificate();
      if (certificate === undefined) {
        if (certificateNeeded) cut(socket, 'CertificateMissing');
        return;
      }
      const verdict = examine(socket, certificate);
      if (typeof verdict === 'string') return cut(socket, verdict);
      known.set(socket, { serial: certificate.serialNumber, principal: verdict });
      socket.once('close', () => known.delete(socket));
    },
    certified: (socket) => known.get(socket)?.principal,
    sweep() {
      if (deps.verification === 'off') return;
      for (const [socket, { serial }] of known) {
        const verdict = judge(serial);
        if (typeof verdict === 'string') cut(socket, verdict);
      }
    },
  };
}

const nameIn = (certificate: X509Certificate): string => /CN=(.+)/.exec(certificate.subject)?.[1] ?? '';
