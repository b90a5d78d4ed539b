/** What does not fit a schema, in words: what stands there, what would fit, and how it is written. */
import { Kind, type TObject, type TSchema, type TUnion } from '@sinclair/typebox';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { keyWords } from './key-words.js';
import { nearest, oneOf } from './near.js';

const VALUE_CHARACTERS_MAX = 60;

/** One problem as a sentence about its field. */
export function misfitWords(error: ValueError): string {
  if (error.type === ValueErrorType.ObjectRequiredProperty) return missingWords(error.path);
  if (error.type === ValueErrorType.ObjectAdditionalProperties)
    return strangerWords(lastOf(error.path), Object.keys((error.schema as TObject).properties ?? {}));
  const wanted = wantedWords(error);
  const known = keyWords(error.path);
  const how = known === undefined ? '' : `: ${known.what}, for example \`${known.example}\``;
  return `${wanted}, not ${show(error.value)}${how}`;
}

function missingWords(path: string): string {
  const known = keyWords(path);
  if (known === undefined) return `${lastOf(path)} is missing`;
  return `${lastOf(path)} is missing: ${known.what}, for example \`${known.example}\``;
}

/** A key that the section does not have. */
export function strangerWords(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  if (meant !== undefined) return `"${key}" is not known here; did you mean "${meant}"?`;
  return `"${key}" is not known here; known are ${[...known].sort().join(', ')}`;
}

/** The key that a stranger was meant to be. */
export function meantBy(error: ValueError): string | undefined {
  if (error.type !== ValueErrorType.ObjectAdditionalProperties) return undefined;
  const { path } = error;
  const meant = nearest(lastOf(path), Object.keys((error.schema as TObject).properties ?? {}));
  return meant === undefined ? undefined : path.slice(0, path.lastIndexOf('/') + 1) + meant;
}

const A_MOMENT = 'a moment such as "2026-11-23T08:00:00Z", in quotes';

/** Words for the patterns of the schemas; a person reads no regular expressions. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^\^\[A-Z\]\{3\}\$$/, 'three capital letters'],
  [/^\^\[a-z0-9\]\[a-z0-9-\]/, 'small letters, digits and hyphens, beginning with a letter or digit'],
  [/^\^\\d\{4\}-.*T/, A_MOMENT],
  [/\(\[01\]\\d\|2\[0-3\]\):\[0-5\]\\d/, 'a time of day as "HH:MM", in quotes'],
  [/^\^\[\^:\]\+:\\d\+\$$/, 'name:port'],
  [/^\^\\d\{8,14\}\$$/, '8 to 14 digits'],
  [/^\^\(mailto:/, 'mailto: and an address, or an https address'],
  [/u0000-\\u001f/, 'a text without control characters'],
  [/0-9a-f\]\{64\}/, 'a name that POST /v1/media answered with'],
];

const TYPES: Readonly<Record<string, string>> = {
  string: 'must be a text',
  integer: 'must be a whole number',
  number: 'must be a number',
  boolean: 'must be true or false',
  object: 'must be a section with keys of its own',
  array: 'must be a list',
};

function wantedWords({ type, schema, value }: ValueError): string {
  switch (type) {
    case ValueErrorType.Union:
      return unionWords(schema as TUnion, value);
    case ValueErrorType.StringPattern:
      return `must be ${PATTERNS.find(([pattern]) => pattern.test(String(schema['pattern'])))?.[1] ?? `a text that fits ${schema['pattern']}`}`;
    case ValueErrorType.StringFormat:
      return `must be ${A_MOMENT}, of a day that the calendar has`;
    case ValueErrorType.StringMinLength:
      return Number(schema['minLength']) === 1
        ? 'must not be empty'
        : `needs ${schema['minLength']} characters`;
    case ValueErrorType.StringMaxLength:
      return `must be no longer than ${schema['maxLength']} characters`;
    case ValueErrorType.ArrayMinItems:
      return `needs ${schema['minItems']} or more entries`;
    case ValueErrorType.ArrayMaxItems:
      return `must have no more than ${schema['maxItems']} entries`;
    case ValueErrorType.TupleLength:
      return `needs exactly ${schema['maxItems']} entries`;
    case ValueErrorType.IntegerMinimum:
    case ValueErrorType.NumberMinimum:
      return `must be ${schema['minimum']} or more`;
    case ValueErrorType.IntegerMaximum:
    case ValueErrorType.NumberMaximum:
      return `must be ${schema['maximum']} or less`;
    case ValueErrorType.NumberExclusiveMinimum:
      return `must be more than ${schema['exclusiveMinimum']}`;
    default:
      return quoteHint(
        TYPES[String(schema['type'] ?? schema[Kind].toLowerCase())] ?? 'does not fit',
        schema,
        value,
      );
  }
}

/** YAML reads 0830 and 12:30 as it likes; a text that looks like a number needs its quotes. */
function quoteHint(words: string, schema: TSchema, value: unknown): string {
  const bare = typeof value === 'number' || typeof value === 'boolean';
  return schema['type'] === 'string' && bare ? `${words}; write it in quotes` : words;
}

function unionWords(schema: TUnion, value: unknown): string {
  const choices = schema.anyOf.map((choice) => choice['const'] as unknown);
  if (choices.every((choice) => typeof choice === 'string')) {
    const meant = typeof value === 'string' ? nearest(value, choices) : undefined;
    return `must be ${oneOf(choices)}${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`;
  }
  const kinds = schema.anyOf.map((choice) => (TYPES[String(choice['type'])] ?? '').replace('must be ', ''));
  return `must be ${[...new Set(kinds)].filter(Boolean).join(' or ')}`;
}

const lastOf = (path: string): string =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');

export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > VALUE_CHARACTERS_MAX ? `${text.slice(0, VALUE_CHARACTERS_MAX)}…` : text;
}
