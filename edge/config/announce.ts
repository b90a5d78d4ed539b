import { createHash } from 'node:crypto';
import type { Campaign } from '../contracts/index.js';
import type { Draft } from '../ports.js';
import type { Config } from './load.js';

const CATALOG_BATCH = 200;
const DEVICE = 'config';

/** What was announced before: kept as a mark in the journal. */
export interface Announced {
  readonly policy: string;
  readonly catalog: string;
  readonly campaigns: Readonly<Record<string, { readonly version: number; readonly hash: string }>>;
  /** Not set by earlier versions, whose policy event held the secret of the coupon codes. */
  readonly withoutSecrets?: true;
}
export const NOTHING_ANNOUNCED: Announced = { policy: '', catalog: '', campaigns: {} };

/**
 * What the core holds is the truth: a crash between announcing and noting it, or a journal that lost its end, must
 * not make a campaign that is announced look like one that rules.
 */
export function withRuling(
  noted: Announced,
  config: Pick<Config, 'campaigns'>,
  ruling: ReadonlyMap<string, Campaign>,
): Announced {
  const ids = new Set([...Object.keys(noted.campaigns), ...config.campaigns.map(({ id }) => id)]);
  const campaigns: Record<string, { version: number; hash: string }> = {};
  for (const id of ids) {
    const held = ruling.get(id);
    if (held !== undefined) campaigns[id] = { version: held.version, hash: contentOf(held) };
  }
  return { ...noted, campaigns };
}

export interface Renumbered {
  /** In English, for the log. */
  readonly text: string;
  readonly campaign: string;
  /** The one that rules. */
  readonly version: number;
}

/** Campaigns whose content was changed under a version that was used already: which one rules now, and what to write. */
export function renumbered(
  config: Pick<Config, 'campaigns' | 'campaignPlaces'>,
  after: Announced,
): readonly Renumbered[] {
  return config.campaigns.flatMap(({ id, version }) => {
    const rules = after.campaigns[id]?.version ?? version;
    if (rules === version) return [];
    const text = `${config.campaignPlaces[id] ?? id}: campaign "${id}" was changed and still says version ${version}, which is known with another content. What stands there rules, as version ${rules}: write version: ${rules}.`;
    return [{ text, campaign: id, version: rules }];
  });
}

/**
 * The store's own files become events, so that a replay knows which configuration ruled. Only what changed since
 * the last start is announced; a campaign changed without a new version gets one, a removed one is withdrawn.
 */
export function announce(config: Config, before: Announced): { drafts: Draft[]; after: Announced } {
  const drafts: Draft[] = [];
  const { policy } = config;
  if (hashOf(policy) !== before.policy) drafts.push({ type: 'hq.policy', device: DEVICE, data: policy });
  if (hashOf(config.products) !== before.catalog) {
    for (let start = 0; start < config.products.length; start += CATALOG_BATCH) {
      const products = config.products.slice(start, start + CATALOG_BATCH);
      drafts.push({ type: 'hq.catalog', device: DEVICE, data: { products } });
    }
  }
  const campaigns: Record<string, { version: number; hash: string }> = {};
  for (const campaign of config.campaigns) {
    const known = before.campaigns[campaign.id];
    const hash = contentOf(campaign);
    const version =
      known === undefined || known.hash === hash
        ? Math.max(campaign.version, known?.version ?? 0)
        : Math.max(campaign.version, known.version + 1);
    campaigns[campaign.id] = { version, hash };
    if (known?.hash !== hash || known.version !== version)
      drafts.push(campaignDraft({ ...campaign, version }));
  }
  for (const [id, known] of Object.entries(before.campaigns)) {
    if (campaigns[id] === undefined) drafts.push(campaignDraft(withdrawal(id, known.version + 1)));
  }
  const hashes = { policy: hashOf(policy), catalog: hashOf(config.products) };
  return { drafts, after: { ...hashes, campaigns, withoutSecrets: true } };
}

const campaignDraft = (campaign: Campaign): Draft<'hq.campaign'> => ({
  type: 'hq.campaign',
  device: DEVICE,
  data: campaign,
});

function withdrawal(id: string, version: number): Campaign {
  return { id, version, name: id, kind: 'display', products: {}, discount: {}, where: {}, withdrawn: true };
}

const contentOf = (campaign: Campaign): string => hashOf({ ...campaign, version: 0 });

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24);
}
