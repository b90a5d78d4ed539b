import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Announced, announce, NOTHING_ANNOUNCED, renumbered, withRuling } from '../config/announce.js';
import type { AuditDetail } from '../contracts/index.js';
import { type CoreSecrets, createCore } from '../core/index.js';
import { type RunningEngine, startEngine } from '../engine/loop.js';
import type { DecisionCore } from '../engine/recovery.js';
import { createGate } from '../ingest/gate.js';
import { createMasker, type Masker } from '../ingest/mask/masker.js';
import type { Audit, AuditNote, Draft, Gate, Views } from '../ports.js';
import { createAudit } from '../serve/audit/audit.js';
import type { AuditTrail } from '../serve/audit/trail.js';
import type { StoreAuth } from '../serve/auth/auth.js';
import type { Foundation } from './foundation.js';
import { machineAccount } from './machine-account.js';
import { isOwnDeviceOf } from './own-devices.js';
import { createTally, type Tally } from './tally.js';

const ANNOUNCED = 'config/announced';

export interface Brain {
  readonly gate: Gate;
  readonly masker: Masker;
  readonly engine: RunningEngine;
  readonly tally: Tally;
  readonly audit: Audit;
  /** For another core of this store, which answers a what-if. */
  readonly secrets: CoreSecrets;
}

/** Gate and engine, with the configuration of the store's own files announced to the core. */
export async function startBrain(
  base: Foundation,
  { auth, trail }: { auth: StoreAuth; trail: AuditTrail },
  options: { readonly onFailure: (error: Error) => void; readonly masker?: Masker },
): Promise<Brain> {
  const known = { isProduct: isProductOf(base), isOwnDevice: isOwnDeviceOf(base, auth) };
  const masker = options.masker ?? createMasker(known);
  const tally = createTally(base.metrics);
  // Whatever comes in goes by the trail, so that no audit entry is left out of the chain.
  const gate = createGate({ ...base, journal: trail, storeId: base.config.policy.store.id, masker });
  const secrets: CoreSecrets = { salt: saltOf(base) };
  const createOwnCore = (serialised?: string): DecisionCore => createCore(secrets, serialised);
  const engine = await startEngine({
    ...base,
    createCore: createOwnCore,
    onFailure: options.onFailure,
    onSettled: tally.note,
    onQueue: (waiting) => base.metrics.queue.set(waiting),
    setAside: async (poison, error) => {
      await gate.quarantine({
        refusal: { reason: 'CoreFailed', detail: error.message },
        channel: 'core',
        topic: poison.event.type,
        device: poison.event.source.split('/').at(-1) ?? 'unknown',
        // As on the disk: what is set aside must not outlive an erasure either.
        body: Buffer.from(JSON.stringify(base.seal.seal(poison.event))),
      });
    },
  });
  await engine.idle();
  const audit = createAudit({
    ...base,
    gate,
    onParked: (entry, why) => base.log.warn({ entry, err: why }, 'an audit entry has to wait'),
  });
  await announceConfig(base, { gate, audit }, engine.views);
  await engine.idle();
  return { gate, masker, engine, tally, audit, secrets };
}

/**
 * A journal of an earlier version, and each backup of it, holds the secret: it is made anew, once. A crash before the
 * configuration is noted makes it anew again.
 */
function saltOf(base: Foundation): string {
  const noted = announcedIn(base);
  if (noted === undefined || noted.withoutSecrets) return base.folder.salt;
  base.log.info('an earlier version wrote the secret of coupon codes to the journal: new ones get another');
  return base.folder.renewSalt();
}

function announcedIn({ journal }: Pick<Foundation, 'journal'>): Announced | undefined {
  const noted = journal.marks().get(ANNOUNCED);
  return noted === undefined ? undefined : (JSON.parse(noted) as Announced);
}

async function announceConfig(
  base: Foundation,
  { gate, audit }: { gate: Gate; audit: Audit },
  views: Views,
): Promise<void> {
  const before = announcedIn(base);
  const known = withRuling(before ?? NOTHING_ANNOUNCED, base.config, views.campaigns());
  const { drafts, after } = announce(base.config, known);
  for (const { text: problem } of renumbered(base.config, after)) base.log.warn({ problem }, 'configuration');
  const [first, ...others] = renumbered(base.config, after);
  if (first !== undefined)
    base.alarms.raise(
      'CampaignVersion',
      others.length === 0 ? first.text : `${first.text} And ${others.length} more.`,
      { campaign: first.campaign, version: first.version, more: others.length },
    );
  if (drafts.length === 0) return;
  // What a new store begins with is no change that anybody has to answer for.
  if (before === undefined) await gate.admit(drafts);
  else await audit.noteWith(changeNote(base, drafts), drafts);
  // A crash before the mark announces the same again, which the core takes as no change.
  await base.journal.mark(ANNOUNCED, JSON.stringify(after));
}

/** The core is about to hear another policy than that of the files: the next start tells it what stands in them by then. */
export async function forgetAnnouncedPolicy({ journal }: Pick<Foundation, 'journal'>): Promise<void> {
  const noted = announcedIn({ journal });
  if (noted === undefined) return;
  const announced: Announced = { ...noted, policy: NOTHING_ANNOUNCED.policy };
  await journal.mark(ANNOUNCED, JSON.stringify(announced));
}

function changeNote({ config }: Foundation, drafts: readonly Draft[]): AuditNote {
  const kinds = new Set(drafts.map(({ type }) => type.replace('hq.', '')));
  return {
    action: 'config.change',
    // Who may write that file may everything.
    by: { role: 'admin', subject: machineAccount() },
    target: config.path,
    outcome: 'done',
    detail: [`Changed ${[...kinds].join(', ')}`, ...filesChanged(config)],
  };
}

/** When the newest of the files was written: the closest that the store knows to when somebody changed something. */
function filesChanged({ path, campaignPlaces }: Foundation['config']): readonly AuditDetail[] {
  const places = Object.values(campaignPlaces).map((place) => place.replace(/:\d+$/, ''));
  const times = [path, ...places]
    .map((file) => statSync(resolve(dirname(path), file), { throwIfNoEntry: false })?.mtimeMs)
    .filter((time) => time !== undefined);
  return times.length === 0 ? [] : [`FileChanged ${new Date(Math.max(...times)).toISOString()}`];
}

function isProductOf({ config }: Foundation): (code: string) => boolean {
  const codes = new Set(
    config.products.flatMap((product) => [
      product.sku,
      ...(product.gtin === undefined ? [] : [product.gtin]),
    ]),
  );
  return (code) => codes.has(code);
}
