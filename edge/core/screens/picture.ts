/** Everything one screen may show now and while it cannot hear the store: its playlist, filled in. */
import {
  type Campaign,
  type Daypart,
  inLetters,
  type PlaylistItem,
  type Screen,
  type Slide,
} from '../../contracts/index.js';
import type { Views } from '../../ports.js';
import { isStopped } from '../campaign/campaigns.js';
import { runsAt, windowEndMs } from '../campaign/schedule.js';
import { isInPlace } from '../decide/eligibility.js';
import type { Derived } from '../derived.js';
import type { CoreState } from '../state.js';
import { stockOf } from '../stock/stock.js';
import { isoOf, parseInstantMs } from '../time.js';
import { OFFER_PLACES_MAX, placeKey, type Showing } from './state.js';

const SECONDS = 10;
/** What a screen plays that was told nothing: the offer, else the house. */
const PLAIN: readonly PlaylistItem[] = [{ show: 'offer' }];

export interface Moment {
  readonly screen: string;
  readonly atMs: number;
}

/** False in the hours in which the store wants this screen dark. */
function isAwake(screen: Pick<Screen, 'awake'> | undefined, atMs: number, derived: Derived): boolean {
  if (screen?.awake === undefined) return true;
  return runsAt({ dayparts: screen.awake }, atMs, derived.clock.at(atMs));
}

/** How many different offers its playlist has a place for. */
export function offerPlaces(screen: Pick<Screen, 'playlist'>): number {
  const places = (screen.playlist ?? PLAIN).filter(({ show }) => show === 'offer').length;
  return Math.min(places, OFFER_PLACES_MAX);
}

/** True for a screen on which an open offer has a place now; for any other, none is decided. */
export function takesOffers(screen: Screen, atMs: number, derived: Derived): boolean {
  return offerPlaces(screen) > 0 && isAwake(screen, atMs, derived);
}

export function pictureOf(
  state: CoreState,
  derived: Derived,
  { screen, atMs }: Moment,
): ReturnType<Views['signage']> {
  const policy = state.setup.policy;
  const row = derived.screens.find(({ id }) => id === screen);
  const asleep = !isAwake(row, atMs, derived);
  return {
    screen,
    screenName: row?.name ?? screen,
    storeName: policy?.store.name ?? policy?.store.id ?? '',
    locale: policy?.store.locale ?? 'en',
    timeZone: policy?.store.timeZone ?? 'UTC',
    ...(row?.awake === undefined ? {} : { awake: row.awake }),
    ...(asleep ? { asleep } : {}),
    slides: slidesOf(state, derived, { screen, atMs, row }),
  };
}

function slidesOf(
  state: CoreState,
  derived: Derived,
  where: Moment & { readonly row: Screen | undefined },
): Slide[] {
  const items = where.row?.playlist ?? PLAIN;
  const house = houseSlide(state.setup.policy?.store.name ?? '');
  const offers = offersByPlace(state, where);
  let place = 0;
  const slides = items.flatMap((item, index): Slide[] => {
    const offer = item.show === 'offer' ? offers[place++ % OFFER_PLACES_MAX] : undefined;
    const shown = fill(item, { offer, index, derived, state, where });
    // In a group every place stays in the rotation, because the others wait for it.
    const kept = shown ?? (where.row?.group === undefined ? undefined : { ...house, contentId: 'house' });
    if (kept === undefined) return [];
    return [{ ...kept, seconds: item.seconds ?? SECONDS, ...hoursOf(item.dayparts ?? kept.dayparts) }];
  });
  return slides.length > 0 ? slides : [house];
}

interface Filling {
  readonly offer: Slide | undefined;
  readonly index: number;
  readonly state: CoreState;
  readonly derived: Derived;
  readonly where: Moment & { readonly row: Screen | undefined };
}

function fill(item: PlaylistItem, filling: Filling): Slide | undefined {
  if (item.show === 'offer') return filling.offer;
  const words = {
    ...(item.headline === undefined ? {} : { headline: item.headline }),
    ...(item.line === undefined ? {} : { line: item.line }),
  };
  if (item.show === 'house') {
    const name = filling.state.setup.policy?.store.name ?? '';
    return { ...houseSlide(name), contentId: `house-${filling.index}`, ...words };
  }
  return item.media === undefined ? undefined : mediaSlide({ ...item, media: item.media }, words, filling);
}

function mediaSlide(
  item: PlaylistItem & { readonly media: string },
  words: Pick<Slide, 'headline' | 'line'>,
  filling: Filling,
): Slide | undefined {
  const slide: Slide = {
    contentId: `media-${inLetters(item.media.split('.')[0] ?? '')}`,
    kind: 'media',
    seconds: SECONDS,
    media: item.media,
    ...words,
  };
  if (item.campaign === undefined) return slide;
  const campaign = filling.state.campaigns.campaigns.get(item.campaign);
  if (campaign === undefined || !mayPlay(campaign, item, filling)) return undefined;
  return { ...slide, campaign: campaign.id, ...windowOf(campaign, item, filling) };
}

function mayPlay(campaign: Campaign, item: PlaylistItem, { state, derived, where }: Filling): boolean {
  if (campaign.withdrawn === true || isStopped(state.campaigns, campaign.id)) return false;
  if (where.row !== undefined && !isInPlace(campaign, { zone: where.row.zone, screen: where.screen }))
    return false;
  const { dayparts, ...days } = campaign.when ?? {};
  // Hours of the day are the player's to keep, so that it keeps them without the store, too; but it keeps one set only.
  const asked = dayparts !== undefined && item.dayparts !== undefined ? { ...days, dayparts } : days;
  return runsAt(asked, where.atMs, derived.clock.at(where.atMs));
}

/** Until when, and in which hours, where the campaign says so. */
function windowOf(
  { when }: Campaign,
  item: PlaylistItem,
  { derived, where }: Filling,
): Pick<Slide, 'until' | 'dayparts'> {
  if (when === undefined) return {};
  if (item.dayparts !== undefined && when.dayparts !== undefined) {
    return { until: isoOf(windowEndMs(when, where.atMs, derived.clock)) };
  }
  return {
    ...(when.until === undefined ? {} : { until: isoOf(parseInstantMs(when.until)) }),
    ...hoursOf(when.dayparts),
  };
}

const hoursOf = (dayparts: readonly Daypart[] | undefined): Pick<Slide, 'dayparts'> =>
  dayparts === undefined ? {} : { dayparts };

/** The open offers of a screen as slides. */
export function offerSlides(state: CoreState, screen: string, atMs: number): Slide[] {
  return offersByPlace(state, { screen, atMs }).flatMap((slide) => slide ?? []);
}

function offersByPlace(state: CoreState, { screen, atMs }: Moment): readonly (Slide | undefined)[] {
  return Array.from({ length: OFFER_PLACES_MAX }, (_, place) =>
    slideOf(state, state.screens.rows.get(placeKey(screen, place))?.showing ?? null, atMs),
  );
}

function slideOf(state: CoreState, showing: Showing | null, atMs: number): Slide | undefined {
  if (showing === null || atMs >= showing.untilMs || isStopped(state.campaigns, showing.campaign)) {
    return undefined;
  }
  const stock = stockOf(state.stock, showing.offer.sku);
  if (stock !== null && stock <= 0) return undefined;
  return {
    contentId: `offer-${showing.decisionId}`,
    kind: 'offer',
    decisionId: showing.decisionId,
    campaign: showing.campaign,
    seconds: SECONDS,
    offer: { ...showing.offer, ...(stock === null ? {} : { piecesLeft: stock }) },
    headline: showing.offer.headline,
  };
}

/** Shown while there is no offer: about nobody, and about nothing that can be sold out. */
function houseSlide(storeName: string): Slide {
  return { contentId: 'house', kind: 'house', seconds: SECONDS, headline: storeName };
}
