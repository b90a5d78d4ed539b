import { PAYLOADS } from './payloads.js';
import { inGroups } from './poison.js';

/** Forms and records of which there is one at a time take several payloads, each on a line of its own. */
export const GROUPS = inGroups(PAYLOADS, 12);
/** An address runs only where it is the beginning of a text, so each of those leads a group of its own. */
const LEADS = /^\s*(java\s?script|vbscript|data:|\/\/)/i;
export const leads = PAYLOADS.filter((text) => LEADS.test(text));
/** So many a group, besides the one that leads it. */
const saidBy = (size: number): string[] =>
  inGroups(
    PAYLOADS.filter((text) => !LEADS.test(text)),
    size,
  ).map((group, place) => [...leads.slice(place, place + 1), group].join('\n'));
export const SAID = saidBy(12);
/** For a screen, which fits its text into its place: long ones take it long. */
export const SAID_SHORT = saidBy(6);
