import { Kind, type TObject, type TSchema } from '@sinclair/typebox';
import { strangerWords } from './misfit-words.js';
import { nearest } from './near.js';

export interface Slip {
  readonly field: string;
  readonly words: string;
  /** Field that was meant. */
  readonly meant: string;
}

/** Shorter words are near to too many others. */
const LETTERS_MIN = 4;

/**
 * Keys of open objects that look like a known one that is not there. Products, zones and campaigns may carry fields that
 * only others know; a misspelt one of ours would be ignored without a word.
 */
export function slipsIn(schema: TSchema, value: unknown, path = ''): readonly Slip[] {
  if (schema[Kind] === 'Array' && Array.isArray(value))
    return value.flatMap((item, place) => slipsIn(schema['items'] as TSchema, item, `${path}/${place}`));
  if (schema[Kind] !== 'Object' || value === null || typeof value !== 'object') return [];
  const { properties } = schema as TObject;
  const known = Object.keys(properties);
  return Object.entries(value).flatMap(([key, inner]): readonly Slip[] => {
    const field = `${path}/${key}`;
    const property = properties[key];
    if (property !== undefined) return slipsIn(property, inner, field);
    if (schema['additionalProperties'] === false || key.length < LETTERS_MIN) return [];
    const meant = nearest(
      key,
      known.filter((name) => !Object.hasOwn(value, name) && name.length >= LETTERS_MIN),
    );
    return meant === undefined
      ? []
      : [{ field, words: strangerWords(key, [meant]), meant: `${path}/${meant}` }];
  });
}
