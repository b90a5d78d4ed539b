/** Certificates: given to devices for their own keys, listed with what ends when, renewed and taken back. */

import { Type } from '@sinclair/typebox';
import { Id } from '../../contracts/events/common.js';
import type { AuditAction } from '../../contracts/index.js';
import type { Actor, Audit, Role } from '../../ports.js';
import { noted } from '../audit/noted.js';
import type { StoreAuth } from '../auth/auth.js';
import type { Trust } from '../tls/trust.js';
import { MANAGER_ROLES, ok, type Route, route, STAFF_ROLES } from './route.js';

export interface CertificateDeps {
  readonly auth: Pick<StoreAuth, 'devices'>;
  readonly audit: Pick<Audit, 'note'>;
  readonly trust: Pick<Trust, 'authority' | 'issue' | 'list' | 'renew' | 'revoke'>;
}

const DEVICE_ROLES: readonly Role[] = ['device', 'till', 'screen'];
const REQUEST_CHARACTERS_MAX = 8_192;

export function certificateRoutes(deps: CertificateDeps): readonly Route[] {
  return [issueRoute(deps), listRoute(deps), renewRoute(deps), revokeRoute(deps)];
}

const Issued = Type.Object({
  certificate: Type.String({ description: 'PEM' }),
  root: Type.String({ description: "PEM of the store's authority, to check the store by" }),
  serial: Type.String(),
  notAfter: Type.String({ description: 'RFC 3339; ask again with the same route before it ends' }),
});

const issueRoute = (deps: CertificateDeps): Route =>
  route({
    method: 'post',
    path: '/v1/devices/{id}/certificate',
    tag: 'Devices',
    audit: { notes: ['certificate.issue'] },
    summary: 'A client certificate for a registered device, till or screen',
    description:
      'Over TLS it says who the device is, in the place of its token. The private key stays where it was made: send a request (PKCS #10). A device may renew its own while its certificate or token is good.',
    roles: [...MANAGER_ROLES, ...DEVICE_ROLES],
    params: Type.Object({ id: Id('device') }),
    body: Type.Object({
      csr: Type.String({
        minLength: 1,
        maxLength: REQUEST_CHARACTERS_MAX,
        description: 'PEM; EC P-256 or P-384, or RSA from 2048 bits; names in it are not read',
      }),
    }),
    answers: { 201: { description: 'Issued', schema: Issued } },
    refusals: ['NotFound', 'SchemaMismatch', 'TooManyRequests', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { id: 'nobody-1' }, body: { csr: '-----BEGIN CERTIFICATE REQUEST-----' } },
    handle: async ({ params: { id }, body, principal, actor }) => {
      const own = !DEVICE_ROLES.includes(principal.role) || principal.subject === id;
      const device = deps.auth.devices().find((row) => row.id === id && row.revokedMs === null);
      // Whether another device is there is nothing that a device may find out.
      if (device === undefined || !own) {
        return { reason: 'NotFound', detail: `no device ${id} is registered`, field: '/id' };
      }
      const made = await deps.trust.issue({ subject: id, role: device.kind }, body.csr);
      await note(deps, actor, 'certificate.issue', `${id} ${made.serial}`);
      const { certificate, serial, notAfterMs } = made;
      const { root } = await deps.trust.authority();
      return {
        status: 201,
        body: { certificate, root, serial, notAfter: new Date(notAfterMs).toISOString() },
      };
    },
  });

const CertificateNow = Type.Object({
  kind: Type.Union(['root', 'pages', 'broker', 'retailer', 'device'].map((kind) => Type.Literal(kind))),
  serial: Type.String(),
  subject: Type.String(),
  role: Type.Optional(Type.String()),
  notAfter: Type.String(),
  daysLeft: Type.Integer(),
  state: Type.Union(['good', 'ending', 'ended', 'revoked', 'replaced'].map((state) => Type.Literal(state))),
  fingerprint: Type.Optional(Type.String({ description: 'SHA-256' })),
  cure: Type.Optional(Type.String()),
});

const listRoute = (deps: CertificateDeps): Route =>
  route({
    method: 'get',
    path: '/v1/certificates',
    tag: 'Devices',
    summary: 'All certificates of the store and its devices, and when each ends',
    roles: STAFF_ROLES,
    answers: {
      200: {
        description: 'Those that ended more than 30 days ago are left out',
        schema: Type.Object({ certificates: Type.Array(CertificateNow) }),
      },
    },
    refusals: [],
    handle: () => ok({ certificates: deps.trust.list() }),
  });

const renewRoute = (deps: CertificateDeps): Route =>
  route({
    method: 'post',
    path: '/v1/certificates/server',
    tag: 'Devices',
    audit: { notes: ['certificate.renew'] },
    summary: "Make the store's own server certificates anew, now",
    description: 'The store does this by itself when a third of their time is left. Open connections go on.',
    roles: ['admin'],
    answers: { 204: { description: 'Handshakes from now on use the new ones' } },
    refusals: ['QuotaReached', 'DiskFull', 'DiskFailed'],
    handle: async ({ actor }) => {
      await noted(deps.audit, { action: 'certificate.renew', ...actor, target: 'server' }, async () => {
        await deps.trust.renew();
        return true;
      });
      return { status: 204 };
    },
  });

const revokeRoute = (deps: CertificateDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/certificates/{serial}',
    tag: 'Devices',
    audit: { notes: ['certificate.revoke'], why: 'person' },
    summary: 'Take back the certificate of a device; its connections are cut at once',
    roles: MANAGER_ROLES,
    params: Type.Object({ serial: Type.String({ pattern: '^[0-9A-Fa-f]{1,64}$' }) }),
    answers: { 204: { description: 'Taken back' } },
    refusals: ['NotFound', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { serial: '00' } },
    handle: async ({ params: { serial }, actor }) => {
      const isGood = deps.trust
        .list()
        .some(
          (one) => one.kind === 'device' && one.serial === serial.toUpperCase() && one.state !== 'revoked',
        );
      const entry = { action: 'certificate.revoke' as const, ...actor, target: serial };
      if (isGood && (await noted(deps.audit, entry, () => deps.trust.revoke(serial)))) return { status: 204 };
      return {
        reason: 'NotFound',
        detail: `no device holds a good certificate ${serial}`,
        field: '/serial',
      };
    },
  });

const note = (deps: CertificateDeps, actor: Actor, action: AuditAction, target: string): Promise<void> =>
  deps.audit.note({ action, ...actor, target, outcome: 'done' });
