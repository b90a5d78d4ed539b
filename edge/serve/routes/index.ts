/** The whole surface over HTTP in one list, in the order of the published page. */
import { type AccessDeps, accessRoutes } from './access.js';
import { type AuditDeps, auditRoutes } from './audit.js';
import { type BackupDeps, backupRoutes } from './backups.js';
import { type CertificateDeps, certificateRoutes } from './certificates.js';
import { type ClaimRouteDeps, claimRoutes } from './claim.js';
import { type ConsentDeps, consentRoutes } from './consents.js';
import { type ConsumerDeps, consumerRoutes } from './consumers.js';
import { type DeviceDeps, deviceRoutes } from './devices.js';
import { type EquipmentDeps, equipmentRoutes } from './equipment.js';
import { type RightsDeps, rightsRoutes } from './erasure.js';
import { type HealthDeps, healthRoutes } from './health.js';
import { type JournalDeps, journalRoutes } from './journal.js';
import { type MediaDeps, mediaRoutes } from './media.js';
import { type OfferDeps, offerRoutes } from './offers.js';
import { type OperationDeps, operationRoutes } from './operations.js';
import { type PairingDeps, pairingRoutes } from './pairing.js';
import { type PosDeps, posRoutes } from './pos.js';
import { type PushRouteDeps, pushRoutes } from './push.js';
import { type QuarantineDeps, quarantineRoutes } from './quarantine.js';
import type { Route } from './route.js';
import { type ScreenDeps, screenRoutes } from './screens.js';
import { type SessionDeps, sessionRoutes } from './session.js';
import { type ShopperDeps, shopperRoutes } from './shoppers.js';
import { type StatusDeps, statusRoutes } from './status.js';
import { type StockDeps, stockRoutes } from './stock.js';
import { type StopDeps, stopRoutes } from './stop.js';
import { type StoryDeps, storyRoutes } from './stories.js';
import { type TokenDeps, tokenRoutes } from './tokens.js';
import { type TopicDeps, topicRoutes } from './topics.js';
import { type UserDeps, userRoutes } from './users.js';

export type RouteDeps = PosDeps &
  ShopperDeps &
  ConsentDeps &
  RightsDeps &
  DeviceDeps &
  PairingDeps &
  ScreenDeps &
  MediaDeps &
  StopDeps &
  OfferDeps &
  StockDeps &
  EquipmentDeps &
  HealthDeps &
  TopicDeps &
  ConsumerDeps &
  StoryDeps &
  QuarantineDeps &
  JournalDeps &
  OperationDeps &
  StatusDeps &
  TokenDeps &
  BackupDeps &
  AuditDeps &
  AccessDeps &
  SessionDeps &
  ClaimRouteDeps &
  UserDeps &
  PushRouteDeps &
  CertificateDeps;

export function allRoutes(deps: RouteDeps): readonly Route[] {
  return [
    ...sessionRoutes(deps),
    ...claimRoutes(deps),
    ...userRoutes(deps),
    ...posRoutes(deps),
    ...shopperRoutes(deps),
    ...consentRoutes(deps),
    ...pushRoutes(deps),
    ...rightsRoutes(deps),
    ...deviceRoutes(deps),
    ...pairingRoutes(deps),
    ...screenRoutes(deps),
    ...mediaRoutes(deps),
    ...certificateRoutes(deps),
    ...stopRoutes(deps),
    ...offerRoutes(deps),
    ...stockRoutes(deps),
    ...equipmentRoutes(deps),
    ...healthRoutes(deps),
    ...topicRoutes(deps),
    ...consumerRoutes(deps),
    ...storyRoutes(deps),
    ...quarantineRoutes(deps),
    ...journalRoutes(deps),
    ...operationRoutes(deps),
    ...statusRoutes(deps),
    ...tokenRoutes(deps),
    ...backupRoutes(deps),
    ...auditRoutes(deps),
    ...accessRoutes(deps),
  ];
}
