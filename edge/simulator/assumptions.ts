/**
 * What no data set tells, chosen by us. The effect of an offer is among it on purpose: since it is known, a
 * measurement of lift over simulated shoppers can be checked against it.
 */
export const ASSUMED = {
  /** Chance that a shopper buys a favourite on a visit without any offer. */
  favouriteBase: 0.3,
  /** What an offer for a favourite adds to that chance: the known lift. */
  favouriteLift: 0.25,
  /** Share of people with a tag who are enrolled shoppers; the others' phones are just heard. */
  enrolledShare: 0.45,
  /** Share of people who carry nothing that can be heard. */
  silentShare: 0.3,
  /** Enrolled households that come back again and again. */
  households: 60,
  walkingMetresPerS: 1.2,
  /** Stay at a shelf: median and spread of its logarithm. */
  stayMedianS: 14,
  staySpread: 0.45,
  /** At the till: fixed part, and a line. */
  tillS: 2,
  tillLineS: 1,
  /** Attenuation of each shelf row in the way, dB. */
  shelfDb: 3,
  /** Listeners report tags within this distance, once in `reportMs`. */
  hearingMetres: 12,
  reportMs: 1000,
  /** How long after selling out a shelf is filled again. */
  refillMs: 240_000,
} as const;
