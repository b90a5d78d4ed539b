import type { StaffNow } from '../../../edge/contracts/index.js';
import { type DeskMessages, deskFor } from '../../shared/messages/desk.js';
import type { Telling } from '../now/story-words.js';
import type { StaffState } from '../state.js';

/** What the tabs write with: the words of the page, those of the tabs, place, and the store's own names. */
export interface DeskTelling extends Telling {
  readonly desk: DeskMessages;
  /** Epoch ms by the store's clock. */
  readonly storeMs: number;
  /** The same for another moment of this device's clock. */
  toStoreMs(deviceMs: number): number;
}

export function deskTelling(now: StaffNow, state: StaffState, storeMs: number): DeskTelling {
  return {
    messages: state.messages.value,
    desk: deskFor(state.place.value.locale),
    place: state.place.value,
    policy: now.policy,
    productOf: state.products.nameOf,
    storeMs,
    toStoreMs: state.storeMs,
  };
}

const KILO = 1_000;
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `1.2 GB`, as the locale writes it. */
export function bytesInWords(bytes: number, locale: string): string {
  let unit = 0;
  let amount = Math.abs(bytes);
  while (amount >= KILO && unit < UNITS.length - 1) {
    amount /= KILO;
    unit += 1;
  }
  const options = {
    style: 'unit',
    unit: UNITS[unit] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: amount < 10 && unit > 0 ? 1 : 0,
  } as const;
  try {
    return new Intl.NumberFormat(locale, options).format(Math.sign(bytes) * amount);
  } catch {
    return new Intl.NumberFormat('en', options).format(Math.sign(bytes) * amount);
  }
}

/** A share of 0 to 1 as the locale writes percentages. */
export function percentInWords(share: number, locale: string): string {
  const options = { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 } as const;
  try {
    return new Intl.NumberFormat(locale, options).format(share);
  } catch {
    return new Intl.NumberFormat('en', options).format(share);
  }
}

/** `a, b and c`. */
export function listInWords(items: readonly string[], last: string): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}
