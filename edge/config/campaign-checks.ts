import type { Campaign, Product, StorePolicy } from '../contracts/index.js';
import { type ConfigProblem, placeOf } from './problems.js';
import type { YamlFile } from './yaml-file.js';

export type CampaignFile = YamlFile<{ campaigns: Campaign[] }>;

/** What a campaign may not say, because nothing would come of it: better refused in words than ignored. */
const WITHOUT_EFFECT: Readonly<Record<Campaign['kind'], Readonly<Partial<Record<string, string>>>>> = {
  display: {
    caps: 'a screen shows to everybody and counts nobody, so that no cap can hold; limit it by `when`, or make it a coupon',
    experiment:
      'a screen has no comparison group, everybody sees it; measure a coupon, or run it on some screens by `where`',
    trigger: 'a public screen never waits for one person; use `when`, or make it a coupon for the own phone',
    validMinutes: 'nothing is taken home from a screen; `when.until` says when it ends',
  },
  hint: {
    bidMicros: 'hints go to the own phone and are not auctioned; rank them by `stacking.priority`',
    trigger: 'a hint answers each sighting; `caps` say how often a person gets it',
  },
  coupon: {
    bidMicros: 'coupons go to the own phone and are not auctioned; rank them by `stacking.priority`',
  },
};

/** Names that the store does not have, and fields that would do nothing. */
export function campaignChecks(
  file: CampaignFile,
  store: { readonly policy: StorePolicy; readonly products: readonly Product[] },
): ConfigProblem[] {
  const zones = new Set(store.policy.zones.map((zone) => zone.id));
  const skus = new Set(store.products.map((product) => product.sku));
  return file.value.campaigns.flatMap((campaign, index) => {
    const at = (field: string, words: string): ConfigProblem =>
      file.problemAt(`/campaigns/${index}/${field}`, `campaign "${campaign.id}" ${words}`);
    const unknownZones = (campaign.where.zones ?? []).filter((zone) => !zones.has(zone));
    const unknownSkus = (campaign.products.skus ?? []).filter((sku) => !skus.has(sku));
    return [
      ...unknownZones.map((zone) => at('where/zones', `names zone "${zone}", which the store does not have`)),
      ...unknownSkus.map((sku) => at('products/skus', `names product "${sku}", which no product file has`)),
      ...withoutEffect(campaign).map(([field, why]) => at(field, `is a ${campaign.kind}: ${why}`)),
    ];
  });
}

function withoutEffect(campaign: Campaign): [field: string, why: string][] {
  const named = Object.entries(WITHOUT_EFFECT[campaign.kind]).flatMap(([field, why]) =>
    Object.hasOwn(campaign, field) && why !== undefined ? [[field, why] as [string, string]] : [],
  );
  if (campaign.kind === 'hint' && Object.keys(campaign.discount).length > 0)
    named.push(['discount', 'no till knows of it, so it promises no price of its own; make it a coupon']);
  if (campaign.kind === 'display' || campaign.where.screens === undefined) return named;
  return [...named, ['where/screens', 'it goes to the own phone; name the zones it is for instead']];
}

/** Two campaigns of one id would overwrite each other at every start. */
export function repeatedCampaigns(files: readonly CampaignFile[]): ConfigProblem[] {
  const first = new Map<string, string>();
  return files.flatMap((file) =>
    file.value.campaigns.flatMap(({ id }, index) => {
      const here = file.problemAt(`/campaigns/${index}/id`, '');
      const before = first.get(id);
      if (before === undefined) first.set(id, placeOf(here));
      return before === undefined
        ? []
        : [{ ...here, expected: `campaign "${id}" stands at ${before} already` }];
    }),
  );
}

export function campaignPlaces(files: readonly CampaignFile[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files.flatMap((file) =>
      file.value.campaigns.map(({ id }, index) => [
        id,
        placeOf(file.problemAt(`/campaigns/${index}/id`, '')),
      ]),
    ),
  );
}
