import { InvalidArgumentError } from 'commander';

/** Throws InvalidArgumentError, which commander tells with the name of the option, and ends with 2. */
export function aboveZero(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It takes a number above 0.');
  return value;
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** A time as the store takes it. Throws InvalidArgumentError. */
export function time(text: string): string {
  if (!RFC_3339.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError(
      'A time looks like 2026-11-30T14:05:00Z, or 2026-11-30T15:05:00+01:00 with the hours of the place.',
    );
  return text;
}
