import type { Purpose, StoreEvent } from '../../edge/contracts/index.js';
import { count, money, type Place } from '../shared/format.js';
import { lengthInWords, type Messages } from '../shared/messages/index.js';
import { zoneWords } from './words.js';

/** What `GET /v1/shoppers/{sid}/export` answers. */
export interface PersonDocument {
  readonly madeAt: string;
  readonly sid: string;
  readonly linked: { readonly tags: number; readonly loyaltyIds: number; readonly phones: number };
  readonly events: readonly StoreEvent[];
  readonly left: number;
}

export type GroupName = keyof Messages['rights']['mine']['groups'];
export interface DataRow {
  readonly id: string;
  readonly at: string;
  readonly text: string;
}

const GROUP_OF: Readonly<Record<string, GroupName>> = {
  'consent.receipt': 'said',
  'consent.withdrawn': 'said',
  'pos.transaction': 'bought',
  'promo.decision': 'offers',
  'coupon.issued': 'offers',
  'coupon.redeemed': 'offers',
  'presence.zone': 'places',
  'presence.sighting': 'heard',
};
export const GROUPS: readonly GroupName[] = ['said', 'bought', 'offers', 'places', 'heard', 'other'];

interface Tongue {
  readonly messages: Messages;
  readonly place: Place;
}

/** Every event in one of a few groups, newest first, each as one plain line. */
export function groupEvents(document: PersonDocument, tongue: Tongue): ReadonlyMap<GroupName, DataRow[]> {
  const groups = new Map<GroupName, DataRow[]>(GROUPS.map((name) => [name, []]));
  for (const event of document.events) {
    groups.get(GROUP_OF[event.type] ?? 'other')?.push({
      id: `${event.type} ${event.id}`,
      at: event.recordedtime,
      text: lineOf(event, tongue),
    });
  }
  for (const rows of groups.values()) rows.reverse();
  return groups;
}

function lineOf(event: StoreEvent, { messages, place }: Tongue): string {
  const words = messages.rights.mine;
  const data = event.data as Readonly<Record<string, unknown>>;
  const purpose = messages.shopper.purposes[data['purpose'] as Purpose]?.name ?? '';
  switch (event.type) {
    case 'consent.receipt':
      return data['granted'] === true ? words.yes(purpose) : words.no(purpose);
    case 'consent.withdrawn':
      return words.takenBack(purpose);
    case 'pos.transaction':
      return basketLine(event as StoreEvent<'pos.transaction'>, { messages, place });
    case 'promo.decision':
      return decisionLine(event as StoreEvent<'promo.decision'>, words);
    case 'coupon.issued':
      return words.issued(String(data['code']));
    case 'coupon.redeemed':
      return words.redeemed(String(data['till']));
    case 'presence.zone':
      return zoneLine(event as StoreEvent<'presence.zone'>, messages);
    case 'loyalty.profile':
      return words.changes[data['change'] as keyof typeof words.changes] ?? words.otherNote;
    default:
      return words.notes[event.type as keyof typeof words.notes] ?? words.otherNote;
  }
}

function basketLine({ data }: StoreEvent<'pos.transaction'>, { messages, place }: Tongue): string {
  const words = messages.rights.mine;
  const items = data.lines.map(({ quantity, description, sku }) => {
    const name = description ?? sku;
    return quantity === 1 ? name : `${count(quantity, place.locale)} × ${name}`;
  });
  return words.basket(items.join(', '), money(data.totalMinor, { ...place, currency: data.currency }));
}

function decisionLine({ data }: StoreEvent<'promo.decision'>, words: Messages['rights']['mine']): string {
  const { offer, outcome, reason } = data;
  return outcome === 'offered' && offer !== undefined
    ? words.offered(offer.name)
    : words.notOffered(words.reasons[reason as keyof typeof words.reasons] ?? words.otherReason);
}

function zoneLine({ data }: StoreEvent<'presence.zone'>, messages: Messages): string {
  const words = messages.rights.mine;
  const zone = zoneWords(data.zone);
  return data.change === 'enter'
    ? words.entered(zone)
    : words.place(zone, lengthInWords(data.dwellMs, messages));
}
