/** Why a candidate was not offered. A closed list: it travels to HQ and stands on the staff page. */
export const REASONS = {
  NoConsent: 'no consent for it',
  AgeUnknown: 'age not known, so nothing personal',
  OutsideTime: 'not at this time',
  OutsideZone: 'not in this zone',
  DwellTooShort: 'not long enough in the zone',
  StockTooLow: 'stock too low',
  SoldOut: 'sold out',
  OpenOfferBetter: 'the screens offer it to everybody for as little',
  NoProduct: 'none of its products is sold here',
  CampaignLimitReached: 'the campaign has reached its limit',
  FrequencyCapped: 'seen often enough',
  AlreadyHeld: 'the shopper already holds this offer',
  Withheld: 'comparison group: gets no offer, so that we know what offers do',
  ExclusivityTaken: 'another offer of its class goes first',
  Outbid: 'another offer was worth more',
  Stopped: 'staff stopped it',
  ClockUntrusted: 'the clock is not sure',
  SinglePerson: 'a public screen shows nothing derived from one person',
} as const;
export type Reason = keyof typeof REASONS;
