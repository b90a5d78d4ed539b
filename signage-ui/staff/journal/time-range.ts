/** Ranges of the store's own wall clock as instants. */

export const RANGES = ['any', 'hour', 'today', 'yesterday', 'own'] as const;
export type RangeKind = (typeof RANGES)[number];

export interface TimeRange {
  readonly kind: RangeKind;
  /** `YYYY-MM-DDTHH:MM` on the store's wall clock, for `own`; empty where that side is open. */
  readonly from: string;
  readonly to: string;
}
export const ANY_TIME: TimeRange = { kind: 'any', from: '', to: '' };

const HOUR_MS = 3_600_000;
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/;

/** The wall clock of a zone at an instant, as if it were UTC: epoch ms. */
function wallMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  }).formatToParts(atMs);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}

/**
 * The instant at which a zone's wall clock shows a time; `undefined` for what is no time. An hour that is skipped in
 * spring gives the moment of the skip plus it, one that comes twice in autumn its first coming.
 */
export function instantOf(local: string, timeZone: string): number | undefined {
  const match = LOCAL.exec(local);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  const offsets = [wanted - 24 * HOUR_MS, wanted + 24 * HOUR_MS].map((near) => {
    const whole = Math.floor(near / 1_000) * 1_000;
    return wallMs(whole, timeZone) - whole;
  });
  const found = offsets.map((offset) => wanted - offset).sort((left, right) => left - right);
  return found.find((instant) => wallMs(instant, timeZone) === wanted) ?? found.at(-1);
}

/** `YYYY-MM-DDTHH:MM` on a zone's wall clock. */
export function localOf(atMs: number, timeZone: string): string {
  return new Date(wallMs(Math.floor(atMs / 1_000) * 1_000, timeZone)).toISOString().slice(0, 16);
}

/** RFC 3339 bounds of a range, seen from now; `wrong` when the end lies before the beginning. */
export function boundsOf(
  range: TimeRange,
  nowMs: number,
  timeZone: string,
): { readonly from?: string; readonly to?: string; readonly wrong?: true } {
  const iso = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toISOString();
  const midnight = (daysAgo: number): number | undefined => {
    const today = localOf(nowMs, timeZone).slice(0, 10);
    const day = new Date(Date.parse(`${today}T00:00:00Z`) - daysAgo * 24 * HOUR_MS);
    return instantOf(`${day.toISOString().slice(0, 10)}T00:00`, timeZone);
  };
  const ends: Readonly<Record<RangeKind, readonly [number | undefined, number | undefined]>> = {
    any: [undefined, undefined],
    hour: [nowMs - HOUR_MS, undefined],
    today: [midnight(0), undefined],
    yesterday: [midnight(1), midnight(0)],
    own: [instantOf(range.from, timeZone), instantOf(range.to, timeZone)],
  };
  const [from, to] = ends[range.kind];
  if (from !== undefined && to !== undefined && to < from) return { wrong: true };
  return {
    ...(from === undefined ? {} : { from: iso(from) as string }),
    ...(to === undefined ? {} : { to: iso(to) as string }),
  };
}
