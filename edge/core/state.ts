import { type StorePolicy, withoutSalt } from '../contracts/index.js';
import { createFavouriteState, type FavouriteState } from './baskets/favourites.js';
import { createTillState, type TillState } from './baskets/state.js';
import { type CampaignState, createCampaignState } from './campaign/campaigns.js';
import { type ConsentState, createConsentState } from './consent/consent.js';
import { type CouponSlice, createCouponSlice } from './coupon/state.js';
import { createDeviceSlice, type DeviceSlice } from './devices/state.js';
import { createFigureState, type FigureState } from './figures/state.js';
import { createHintState, type HintState } from './hints/state.js';
import { createOfferTallies, type OfferTallies } from './offers/state.js';
import { createPresenceState, type PresenceState } from './presence/state.js';
import { createPushSlice, type PushSlice } from './push/state.js';
import { createScreenState, type ScreenSlice } from './screens/state.js';
import { createStockState, type StockState } from './stock/state.js';
import { createStoryState, type StoryState } from './story/state.js';

/** The whole state. Every member of a slice is plain JSON or a Map from string to plain JSON. */
export interface CoreState {
  readonly clock: { nowMs: number; offset: number; day: string; dayCheckMs: number; unsure: boolean };
  readonly setup: { policy: StorePolicy | null; quarantined: Map<string, number> };
  readonly presence: PresenceState;
  readonly campaigns: CampaignState;
  readonly stock: StockState;
  readonly favourites: FavouriteState;
  readonly tills: TillState;
  readonly coupons: CouponSlice;
  readonly consent: ConsentState;
  readonly screens: ScreenSlice;
  readonly stories: StoryState;
  readonly figures: FigureState;
  readonly offers: OfferTallies;
  readonly devices: DeviceSlice;
  readonly push: PushSlice;
  readonly hints: HintState;
}

export function createState(): CoreState {
  return {
    clock: { nowMs: 0, offset: 0, day: '', dayCheckMs: 0, unsure: false },
    setup: { policy: null, quarantined: new Map() },
    presence: createPresenceState(),
    campaigns: createCampaignState(),
    stock: createStockState(),
    favourites: createFavouriteState(),
    tills: createTillState(),
    coupons: createCouponSlice(),
    consent: createConsentState(),
    screens: createScreenState(),
    stories: createStoryState(),
    figures: createFigureState(),
    offers: createOfferTallies(),
    devices: createDeviceSlice(),
    push: createPushSlice(),
    hints: createHintState(),
  };
}

/** Raised when a checkpoint was written by another shape of state; the journal is then replayed instead. */
const STATE_VERSION = 1;

type Slice = Record<string, unknown>;

export function serialiseState(state: CoreState): string {
  const slices: Record<string, Slice> = {};
  for (const [name, slice] of Object.entries(state)) {
    const plain: Slice = {};
    for (const [field, value] of Object.entries(slice as Slice)) {
      plain[field] = value instanceof Map ? [...value] : value;
    }
    slices[name] = plain;
  }
  return JSON.stringify({ version: STATE_VERSION, slices });
}

/** Throws when the text is not a state of this version. */
export function restoreState(serialised: string): CoreState {
  const { version, slices } = JSON.parse(serialised) as { version: number; slices: Record<string, Slice> };
  if (version !== STATE_VERSION)
    throw new Error(`state version ${version}, this is version ${STATE_VERSION}`);
  const state = createState();
  for (const [name, slice] of Object.entries(state)) {
    const fields = slice as Slice;
    const stored = slices[name] ?? {};
    for (const field of Object.keys(fields)) {
      if (!Object.hasOwn(stored, field)) continue;
      const value = stored[field];
      fields[field] = fields[field] instanceof Map ? new Map(value as [string, unknown][]) : value;
    }
  }
  if (state.setup.policy !== null) state.setup.policy = withoutSalt(state.setup.policy);
  return state;
}
