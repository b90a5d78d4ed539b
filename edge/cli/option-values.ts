import { InvalidArgumentError } from 'commander';
import { Moment } from '../serve/routes/shapes.js';

/** Throws InvalidArgumentError, which commander tells with the name of the option, and ends with 2. */
export function aboveZero(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It takes a number above 0.');
  return value;
}

const MOMENT = new RegExp(Moment.pattern ?? '');

/** A time as the store takes it. Throws InvalidArgumentError. */
export function time(text: string): string {
  if (!MOMENT.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError(
      'A time looks like 2026-11-30T14:05:00Z, or 2026-11-30T15:05:00+01:00 with the hours of the place.',
    );
  return text;
}
