import type { RefusalReason } from './refusals.js';

/**
 * Codes by which the store tells pages what it thinks. Beside each goes an English sentence for those who read the
 * interface itself; pages have words of their own for every code, in every language.
 */
export type Fact = string | number;
/** What a sentence is about: names, numbers, instants (RFC 3339). */
export type Facts = Readonly<Record<string, Fact>>;

export const ALARM_CODES = [
  'AuditLogBehind',
  'AuditLogDamaged',
  'AuditWaits',
  'BadInputFlood',
  'CampaignVersion',
  'CertificateEnding',
  'CertificateFile',
  'CheckpointDamaged',
  'CheckpointFailed',
  'ClockUntrusted',
  'CoreFailed',
  'DecisionsHeld',
  'DiskFailed',
  'DiskFull',
  'ErasureWaits',
  'HqNotStarted',
  'JournalDamaged',
  'JournalLoss',
  'MediaDamaged',
  'MqttBrokerAway',
  'PersonsUnknown',
  'PushUnreachable',
  'QuotaReached',
  'screens-unread',
  'Shedding',
  'VaultKeyLost',
] as const;
export type AlarmCode = (typeof ALARM_CODES)[number];

/** Why HQ is not reached. */
export const LINK_CODES = [
  'NotReachedYet',
  'HqNotStarted',
  'Unreachable',
  'NameUnknown',
  'CertificateRefused',
  'NoAnswer',
  'NotAllowed',
  'TopicMissing',
  'TopicUnsafe',
  'RecordRefused',
  'Failed',
] as const;
export type LinkCode = (typeof LINK_CODES)[number];

/** Why the clock is not trusted, and the figure that goes with it: an instant, minutes, or hours. */
export const CLOCK_DOUBTS = ['Implausible', 'Behind', 'Ahead', 'Unconfirmed'] as const;
export interface ClockDoubt {
  readonly code: (typeof CLOCK_DOUBTS)[number];
  readonly figure: Fact;
}

export const GAP_REASONS = ['quota', 'retention', 'damage'] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** What can be wrong with the audit log. */
export const AUDIT_FINDINGS = [
  'edited',
  'missing',
  'unlinked',
  'cut',
  'head-lost',
  'differs',
  'unchained',
  'behind',
  'damaged',
] as const;
export type AuditFindingCode = (typeof AUDIT_FINDINGS)[number];

/** What is answered for in the audit log. */
export const AUDIT_ACTIONS = [
  'audit.export',
  'certificate.issue',
  'certificate.renew',
  'certificate.revoke',
  'config.change',
  'consent.decline',
  'consent.give',
  'consent.withdraw',
  'consumer.add',
  'consumer.reset',
  'device.register',
  'device.revoke',
  'journal.backup',
  'journal.export',
  'media.remove',
  'media.upload',
  'quarantine.left',
  'quarantine.mended',
  'screen.add',
  'screen.dismiss',
  'screen.identify',
  'screen.link',
  'screen.pair',
  'screen.programme',
  'session.end',
  'session.start',
  'shopper.add',
  'shopper.erase',
  'shopper.link',
  'shopper.loyalty',
  'shopper.tag',
  'stock.count',
  'stock.count.undo',
  'stop',
  'stop.reason',
  'stop.undo',
  'stop.undo.reason',
  'store.claim',
  'store.claim-code',
  'token.issue',
  'token.revoke',
  'user.add',
  'user.disable',
  'user.enable',
  'user.password',
  'user.reset',
  'user.role',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** How it ended. */
export const AUDIT_OUTCOMES = ['done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** What may stand beside an entry, most with a figure or a name. */
export const AUDIT_NOTES = [
  'As',
  'Because',
  'ByLink',
  'Changed',
  'Counted',
  'Entries',
  'FileChanged',
  'NotedLate',
  'NothingLeft',
  'OnlyCounted',
  'Purpose',
  'Stop',
  'Topics',
  'WrongPasswords',
] as const;
export type AuditNoteCode = (typeof AUDIT_NOTES)[number];
/** A code, a code and its figure, or why something was refused: pages have words for each. */
export type AuditDetail = AuditNoteCode | `${AuditNoteCode} ${string}` | RefusalReason;

/** Why a device or a screen is silent. */
export const SILENCES = [
  'connection lost',
  'did not come back',
  'another player took its place',
  'sent away',
  'status',
] as const;
export type Silence = (typeof SILENCES)[number];
