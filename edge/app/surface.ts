import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CouponSigner, LinkStatus } from '../ports.js';
import { accessOf } from '../serve/access.js';
import { asyncApiOf } from '../serve/asyncapi.js';
import { shopperLink } from '../serve/auth/links.js';
import { isLoopback } from '../serve/auth/loopback.js';
import type { Guards } from '../serve/guards.js';
import { createHttp, type HttpServer } from '../serve/http.js';
import { openApiOf } from '../serve/openapi.js';
import { allRoutes } from '../serve/routes/index.js';
import type { Route } from '../serve/routes/route.js';
import { createSockets } from '../serve/sockets/index.js';
import { createStaffNow } from '../serve/sockets/staff-now.js';
import { createEventStreams } from '../serve/stream.js';
import { answersOf } from './answers.js';
import { backupOf, lendBackup } from './backups.js';
import type { Brain } from './brain.js';
import type { Foundation } from './foundation.js';
import type { Health } from './health-now.js';
import type { Identity } from './identity.js';
import { questionsOf } from './questions.js';
import type { RimIn } from './rim-in.js';
import type { RimOut } from './rim-out.js';
import { screenDesk } from './screen-book.js';
import { createStatus } from './status.js';
import { hostNamesOf, type StoreTrust } from './trust.js';

export interface SurfaceDeps extends Identity {
  readonly base: Foundation;
  readonly brain: Brain;
  readonly rimIn: RimIn;
  readonly rimOut: RimOut;
  readonly signer: CouponSigner;
  readonly trust: StoreTrust;
  readonly link: LinkStatus;
  readonly health: Health;
  readonly simulated: boolean;
  readonly guards?: Partial<Guards> | undefined;
  readonly version: string;
  /** Where browsers find this store, without a slash at the end. */
  readonly baseUrl: () => string;
  /** Where shoppers' phones find it: under the name of the retailer's certificate where there is one. */
  readonly shopperUrl: () => string;
}

export interface Surface {
  readonly http: HttpServer;
  close(): Promise<void>;
}

/** HTTP, sockets and pages. Listens only when it is told to. */
export function buildSurface(deps: SurfaceDeps): Surface {
  const { base } = deps;
  const hostNames = hostNamesOf(base, deps.trust);
  const staffNow = createStaffNow({
    ...deps,
    ...base,
    views: deps.brain.engine.views,
    screens: deps.rimOut.signage,
  });
  const onError = (error: Error, where = 'socket'): void =>
    base.log.error({ err: error, where }, 'an answer failed');
  const onRefused = (reason: string): void => base.metrics.refusals.inc({ reason, channel: 'http' });
  const { patienceMs } = base.config.limits;
  const streams = createEventStreams({
    ...base,
    limits: { stuckMs: patienceMs },
    onCut: onRefused,
    onSlow: (count) => base.metrics.slowListeners.set({ channel: 'stream' }, count),
  });
  const http = createHttp({
    auth: deps.auth,
    routes: routesOf(deps, staffNow, streams),
    pagesFolder: pagesFolder(),
    hostNames,
    guards: deps.guards,
    onError,
    onRefused,
    onSlow: (count) => base.metrics.slowListeners.set({ channel: 'http' }, count),
    connections: { patienceMs, perAddress: base.config.limits.connectionsPerAddress },
    ...(deps.trust.pages === undefined ? {} : { tls: deps.trust.pages }),
    ...(deps.trust.page === undefined ? {} : { trustPage: deps.trust.page }),
  });
  const sockets = createSockets({
    ...deps.rimOut,
    auth: deps.auth,
    authenticator: http.authenticator,
    server: http.server,
    onJoined: http.known,
    hostNames,
    guards: deps.guards,
    clock: base.clock,
    // The ping itself may be three seconds away.
    pingAnswerMs: Math.round((patienceMs * 2) / 3),
    engine: deps.brain.engine,
    staffNow,
    link: deps.link,
    onError,
    onCount: (namespace, connected) => base.metrics.sockets.set({ namespace }, connected),
  });
  return {
    http,
    async close() {
      streams.close();
      await sockets.close();
      await http.close();
    },
  };
}

function routesOf(
  deps: SurfaceDeps,
  staffNow: ReturnType<typeof createStaffNow>,
  streams: ReturnType<typeof createEventStreams>,
): readonly Route[] {
  const { base, brain, rimIn, rimOut } = deps;
  const { views } = brain.engine;
  const store = {
    name: base.config.policy.store.name ?? base.config.policy.store.id,
    version: deps.version,
    mqttPort: base.config.mqtt.port,
    tls: { mqtt: deps.trust.broker !== undefined, pages: deps.trust.pages !== undefined },
  };
  const status = createStatus(deps);
  const routes: readonly Route[] = allRoutes({
    ...answersOf(rimIn),
    ...questionsOf(base, brain, { view: rimOut.shopperView, phonesOf: rimOut.push.phonesOf }),
    auth: deps.auth,
    accounts: deps.accounts,
    claims: deps.claims,
    trust: deps.trust,
    signer: deps.signer,
    gate: brain.gate,
    audit: brain.audit,
    trail: deps.trail,
    engine: brain.engine,
    views,
    journal: base.journal,
    clock: base.clock,
    newId: base.newId,
    screens: rimOut.signage,
    streams,
    baseUrl: deps.baseUrl,
    shopperLink: (sid) => shopperLink(deps.auth, deps.shopperUrl(), sid),
    shopperView: rimOut.shopperView,
    push: rimOut.push.desk,
    ...screenDesk(base, brain, { auth: deps.auth, signage: rimOut.signage }),
    staffNow,
    backup: () => backupOf(base),
    lendBackup: (watch) => lendBackup(base, watch),
    health: deps.health.now,
    status: status.now,
    ready: status.ready,
    metrics: base.metrics.registry,
    loopback: isLoopback(base.config.http.host),
    access: () => accessOf(routes),
    pages: () => ({ openapi: openApiOf(routes, store), asyncapi: asyncApiOf(store) }),
  });
  return routes;
}

/** The built pages lie beside the compiled program. */
function pagesFolder(): string {
  for (const path of ['../../signage-ui', '../../dist/signage-ui']) {
    const folder = fileURLToPath(new URL(path, import.meta.url));
    if (existsSync(`${folder}/assets`)) return folder;
  }
  return fileURLToPath(new URL('../../dist/signage-ui', import.meta.url));
}
