/** What the store takes of a place in a playlist; pages use no code of the store. */
export const SECONDS = 10;
export const SECONDS_MIN = 3;
export const SECONDS_MAX = 3_600;
export const HEADLINE_MAX = 120;
export const LINE_MAX = 200;
/** The most that one playlist holds. */
export const ITEMS_MAX = 40;
