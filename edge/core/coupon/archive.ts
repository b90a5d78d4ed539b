import { DAY_MS, isoOf, parseInstantMs } from '../time.js';
import type { CouponSlice, PastCoupon } from './state.js';

/** DEL: no id holds one, and JSON writes it as it is, which keeps a checkpoint quick. An entry begins with two. */
const MARK = '\u007f';
const SHARES = 64;
const UNUSED = '.unused.';
/** A second redemption is told from a first one for this long. */
const USED_KEPT_MS = 400 * DAY_MS;
/** Until then a coupon that nobody took is called expired; later it is unknown. Both are a refusal. */
const UNUSED_KEPT_MS = 30 * DAY_MS;
const LONGEST_MONTH_MS = 31 * DAY_MS;

/**
 * Coupons whose time is well over, as text: a busy store has 800,000 of them within 400 days, and as objects they
 * took 230 MB of memory and held the whole store up for seconds at each checkpoint. A text is kept for each month in
 * which coupons ended and for each of some shares of their names, so that looking one up reads little and a month
 * that is over goes as a whole.
 */
export function archiveCoupon(
  slice: CouponSlice,
  coupon: { readonly couponId: string; readonly code: string | undefined; readonly past: PastCoupon },
): void {
  const { couponId, code, past } = coupon;
  const group = `${isoOf(past.untilMs).slice(0, 7)}.${past.used === undefined ? 'unused' : 'used'}`;
  append(slice.archived, `${group}.${shareOf(couponId)}`, [couponId, ...fieldsOf(past)]);
  if (code !== undefined) append(slice.archivedCodes, `${group}.${shareOf(code)}`, [code, couponId]);
}

/** A coupon whose time is well over, archived or not. */
export function pastCoupon(slice: CouponSlice, couponId: string): PastCoupon | undefined {
  const past = slice.past.get(couponId);
  if (past !== undefined) return past;
  const fields = find(slice.archived, couponId);
  return fields === undefined ? undefined : pastOf(fields);
}

/** The coupon that a code is for, or was. */
export function couponOfCode(slice: CouponSlice, code: string): string | undefined {
  return slice.codes.get(code) ?? find(slice.archivedCodes, code)?.[0];
}

/** It became used after all: what is archived says that nobody took it. Its code is known as before. */
export function takeFromArchive(slice: CouponSlice, couponId: string): void {
  cut(slice.archived, (text) => text.indexOf(`${MARK}${MARK}${couponId}${MARK}`));
  const entry = cut(slice.archivedCodes, (text) => {
    const at = text.indexOf(`${MARK}${couponId}${MARK}`);
    return at < 0 ? at : text.lastIndexOf(`${MARK}${MARK}`, at - 1);
  });
  const [code] = entry?.split(MARK).filter((field) => field !== '') ?? [];
  if (code !== undefined) slice.codes.set(code, couponId);
}

/** Takes the entry that begins at `placeOf` out of the text that holds it, of those that nobody took. */
function cut(texts: Map<string, string>, placeOf: (text: string) => number): string | undefined {
  for (const [key, text] of texts) {
    const at = key.includes(UNUSED) ? placeOf(text) : -1;
    if (at < 0) continue;
    const next = text.indexOf(`${MARK}${MARK}`, at + 2);
    const end = next < 0 ? text.length : next + 1;
    texts.set(key, text.slice(0, at) + text.slice(end));
    return text.slice(at, end);
  }
  return undefined;
}

/** Months that nobody asks for any more go as a whole. */
export function pruneArchive(slice: CouponSlice, nowMs: number): void {
  for (const texts of [slice.archived, slice.archivedCodes]) {
    for (const key of texts.keys()) {
      const [month = '', kind] = key.split('.');
      const keptMs = kind === 'used' ? USED_KEPT_MS : UNUSED_KEPT_MS;
      if (parseInstantMs(`${month}-01T00:00:00Z`) + LONGEST_MONTH_MS + keptMs < nowMs) texts.delete(key);
    }
  }
}

function fieldsOf({ untilMs, campaign, sku, discountMinor, used }: PastCoupon): string[] {
  const fields = [untilMs.toString(36), campaign, sku, String(discountMinor)];
  if (used === undefined) return fields;
  const { till, businessDay, sequence, time } = used;
  return [...fields, till, businessDay, String(sequence), time];
}

function pastOf(fields: readonly string[]): PastCoupon {
  const [until = '', campaign = '', sku = '', discount = '', till, businessDay, sequence, time] = fields;
  const past = { untilMs: Number.parseInt(until, 36), campaign, sku, discountMinor: Number(discount) };
  if (till === undefined || businessDay === undefined || sequence === undefined || time === undefined)
    return past;
  return { ...past, used: { till, businessDay, sequence: Number(sequence), time } };
}

function append(texts: Map<string, string>, key: string, fields: readonly string[]): void {
  texts.set(key, `${texts.get(key) ?? ''}${MARK}${MARK}${fields.join(MARK)}${MARK}`);
}

/** What stands behind a name, whatever its month. */
function find(texts: ReadonlyMap<string, string>, name: string): string[] | undefined {
  const share = `.${shareOf(name)}`;
  const entry = `${MARK}${MARK}${name}${MARK}`;
  for (const [key, text] of texts) {
    if (!key.endsWith(share)) continue;
    const at = text.indexOf(entry);
    if (at < 0) continue;
    const from = at + entry.length;
    const end = text.indexOf(`${MARK}${MARK}`, from);
    return text.slice(from, end < 0 ? text.length - 1 : end).split(MARK);
  }
  return undefined;
}

function shareOf(name: string): number {
  let hash = 5_381;
  for (let index = 0; index < name.length; index += 1)
    hash = (Math.imul(hash, 33) + name.charCodeAt(index)) >>> 0;
  return hash % SHARES;
}
