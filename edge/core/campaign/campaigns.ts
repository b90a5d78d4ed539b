import type { Campaign, Product, StopNow } from '../../contracts/index.js';

export interface CampaignState {
  campaigns: Map<string, Campaign>;
  products: Map<string, Product>;
  /** Campaigns under which something was promised: their content stands until a new version. */
  locked: Map<string, number>;
  stops: Map<string, StopNow>;
}

export function createCampaignState(): CampaignState {
  return { campaigns: new Map(), products: new Map(), locked: new Map(), stops: new Map() };
}

/**
 * Take a campaign in, unless it is older than what is known or changes a version that was already used.
 * Taking a campaign back is always possible. Returns whether anything changed.
 */
export function takeCampaign(state: CampaignState, campaign: Campaign): boolean {
  const known = state.campaigns.get(campaign.id);
  if (known === undefined || campaign.version > known.version) {
    state.campaigns.set(campaign.id, campaign);
    return true;
  }
  if (campaign.version < known.version) return false;
  if (state.locked.get(campaign.id) === campaign.version) {
    if (campaign.withdrawn !== true || known.withdrawn === true) return false;
    state.campaigns.set(campaign.id, { ...known, withdrawn: true });
    return true;
  }
  if (JSON.stringify(campaign) === JSON.stringify(known)) return false;
  state.campaigns.set(campaign.id, campaign);
  return true;
}

/** From now on this version means one thing. */
export function lockCampaign(state: CampaignState, campaign: Campaign): void {
  state.locked.set(campaign.id, campaign.version);
}

export function isStopped(state: CampaignState, campaign: string): boolean {
  for (const stop of state.stops.values()) {
    if (stop.scope === 'all' || stop.scope.campaign === campaign) return true;
  }
  return false;
}
