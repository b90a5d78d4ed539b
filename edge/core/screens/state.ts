import type { Offer } from '../../contracts/index.js';
import { NEVER_MS } from '../time.js';

/** What one screen shows now, by whose decision. */
export interface Showing {
  readonly decisionId: string;
  readonly campaign: string;
  readonly campaignVersion: number;
  readonly offer: Offer;
  readonly sinceMs: number;
  readonly untilMs: number;
}
export interface ScreenRow {
  showing: Showing | null;
  /** Why nothing is shown, to tell a new refusal from the same one. */
  refusedAs: string;
  /** What a stop took off, to be put up again when the stop is undone. */
  held?: { readonly showing: Showing; readonly sinceMs: number };
}
/** More places for offers than this share the ones before them. */
export const OFFER_PLACES_MAX = 4;
const PLACE = ' place ';

/** Row of one place for an offer on a screen; the first is the screen's own. */
export const placeKey = (screen: string, place: number): string =>
  place === 0 ? screen : `${screen}${PLACE}${place + 1}`;

/** The screen that a row belongs to. */
export const screenOfKey = (key: string): string => key.split(PLACE)[0] ?? key;

export interface ScreenSlice {
  /** By `placeKey`. */
  rows: Map<string, ScreenRow>;
  /** When time alone may change what a screen shows. */
  dueMs: number;
  /** Devices of kind `screen` that are online. */
  online: Map<string, number>;
}

export function createScreenState(): ScreenSlice {
  return { rows: new Map(), dueMs: NEVER_MS, online: new Map() };
}
