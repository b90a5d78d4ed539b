import type { Alarm, HealthNow, LinkNow } from '../../../edge/contracts/index.js';
import type { CertificateRow } from '../desk/api.js';

/** What on this page needs somebody, so that the headline never says less than the worst of what stands below it. */
export type Tone = 'good' | 'look' | 'act';

/** Room on the disk below which staff should look. */
const DISK_LOW = 0.1;
const QUEUE_HIGH = 1_000;
/** Shares of what something may hold. */
const FILLED_LOOK = 0.8;
const FILLED_ACT = 0.95;

export function filledTone(share: number): Tone {
  if (share > FILLED_ACT) return 'act';
  return share > FILLED_LOOK ? 'look' : 'good';
}

export function journalTone({ journal }: HealthNow): Tone {
  return journal.trouble === undefined ? filledTone(journal.bytes / journal.quotaBytes) : 'act';
}

export function diskTone({ disk }: HealthNow): Tone {
  const free = disk.freeBytes / disk.totalBytes;
  return worst([filledTone(1 - free), free < DISK_LOW ? 'look' : 'good']);
}

export const clockTone = ({ clock }: HealthNow): Tone => (clock.doubt === undefined ? 'good' : 'look');

export const engineTone = ({ engine }: HealthNow): Tone => (engine.waiting > QUEUE_HIGH ? 'look' : 'good');

export const linkTone = ({ state }: LinkNow): Tone => (state === 'offline' ? 'look' : 'good');

export const isLive = ({ state }: CertificateRow): boolean => state !== 'revoked' && state !== 'replaced';

export const certificateTone = ({ state }: CertificateRow): Tone =>
  state === 'good' || state === 'revoked' || state === 'replaced' ? 'good' : 'look';

export function worst(tones: readonly Tone[]): Tone {
  if (tones.includes('act')) return 'act';
  return tones.includes('look') ? 'look' : 'good';
}

/** Alarms that say the same as one of the figures: together they are one thing. */
const SAID_BY_FIGURE: Readonly<Record<string, string>> = {
  ClockUntrusted: 'clock',
  CertificateEnding: 'certificates',
  QuotaReached: 'journal',
  Shedding: 'journal',
  DiskFull: 'disk',
};

export interface Summed {
  readonly tone: Tone;
  readonly amount: number;
}

export function sumOf(now: {
  readonly health: HealthNow;
  readonly link: LinkNow;
  readonly alarms: readonly Alarm[];
  readonly certificates: readonly CertificateRow[];
}): Summed {
  const { health, alarms } = now;
  const figures: readonly (readonly [string, Tone])[] = [
    ['journal', journalTone(health)],
    ['disk', diskTone(health)],
    ['clock', clockTone(health)],
    ['engine', engineTone(health)],
    ['link', linkTone(now.link)],
    ...now.certificates.map((row) => ['certificates', certificateTone(row)] as const),
  ];
  const amber = figures.filter(([, tone]) => tone !== 'good');
  const alone = alarms.filter(
    ({ code }) => code !== health.journal.trouble && !amber.some(([name]) => name === SAID_BY_FIGURE[code]),
  );
  return {
    tone: worst([...amber.map(([, tone]) => tone), ...alarms.map(() => 'look' as const)]),
    amount: amber.length + alone.length,
  };
}
