import type { Refusal } from '../../contracts/index.js';

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,20}))?$/;
/** What a program writes for a sum that should have been zero: 4.44e-16. */
const TINY = /^-?\d(?:\.\d{1,20})?e-\d{2,3}$/;
const WALL_TIME = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/;

/** Thousandths of `text`, rounded half away from zero: `2.55` → 2550. Exact where a float would not be. */
export function toThousandths(text: string): number | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return TINY.test(text) ? 0 : undefined;
  const fraction = (match[3] ?? '').padEnd(4, '0');
  const magnitude =
    Number(match[2]) * 1000 + Number(fraction.slice(0, 3)) + (fraction.charCodeAt(3) >= 53 ? 1 : 0);
  return match[1] === '-' && magnitude !== 0 ? -magnitude : magnitude;
}

/** Thousandths of a currency unit to its cents, half away from zero; never minus zero, which JSON cannot say. */
export function thousandthsToMinor(thousandths: number): number {
  return Math.sign(thousandths) * Math.round(Math.abs(thousandths) / 10) + 0;
}

/** Epoch ms of `YYYY-MM-DD HH:MM[:SS]`, read as UTC; `undefined` when there is no such moment. */
export function wallTimeMs(text: string): number | undefined {
  const match = WALL_TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(ms);
  const real = back.getUTCMonth() === month - 1 && back.getUTCDate() === day && back.getUTCHours() === hour;
  return real && minute < 60 && second < 60 ? ms : undefined;
}

/** Refusal of one field of one row. `row` counts from 0 within the group. */
export function badField(field: string, line: number, found: string | undefined, needs: string): Refusal {
  const seen =
    found === undefined || found === ''
      ? 'nothing'
      : found.length > 80
        ? `${found.length} characters`
        : `"${found}"`;
  return {
    reason: 'SchemaMismatch',
    detail: `line ${line}: ${field} needs ${needs}, got ${seen}`,
    field: `/${field}`,
  };
}
