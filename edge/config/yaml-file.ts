import { readFileSync } from 'node:fs';
import type { Static, TSchema } from '@sinclair/typebox';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { validatorOf } from '../contracts/index.js';
import { meantBy, misfitWords } from './misfit-words.js';
import type { ConfigProblem } from './problems.js';
import { slipsIn } from './slips.js';

const PROBLEMS_MAX = 20;

/** A YAML document that fits its schema, and a way to name the line of any of its fields. */
export interface YamlFile<T> {
  readonly path: string;
  readonly value: T;
  problemAt(field: string, expected: string): ConfigProblem;
}

/** What was read: `value` fits the schema only where there are no problems. */
export interface ReadYaml<T> extends YamlFile<T> {
  readonly problems: readonly ConfigProblem[];
}

/** Reads and checks one file; everything that is wrong with it is in its problems, each with its line. */
export function readYamlFile<S extends TSchema>(path: string, schema: S): ReadYaml<Static<S>> {
  const text = textOf(path);
  if (typeof text !== 'string') return unreadable(path, [text]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number | undefined) =>
    offset === undefined ? {} : { line: lines.linePos(offset).line };
  if (document.errors.length > 0) {
    const expected = (message: string): string => `is not YAML: ${yamlWords(message)}`;
    return unreadable(
      path,
      document.errors.map(({ pos, message }) => ({
        file: path,
        ...lineOf(pos[0]),
        field: '/',
        expected: expected(message),
      })),
    );
  }
  const problemAt = (field: string, expected: string): ConfigProblem => ({
    file: path,
    ...lineOf(offsetOf(document.contents, field.split('/').slice(1).map(unescapePointer))),
    field,
    expected,
  });
  const value: unknown = document.toJS();
  const problems = problemsOf(schema, value).map(([field, words]) => problemAt(field, words));
  return { path, value: value as Static<S>, problemAt, problems };
}

function unreadable<T>(path: string, problems: readonly ConfigProblem[]): ReadYaml<T> {
  const problemAt = (field: string, expected: string): ConfigProblem => ({ file: path, field, expected });
  return { path, value: undefined as T, problemAt, problems };
}

/** Field and words of each problem, the first of each field. */
function problemsOf(schema: TSchema, value: unknown): readonly (readonly [string, string])[] {
  const needed = (schema['required'] as readonly string[] | undefined) ?? [];
  if (value === null || value === undefined)
    return [['/', `holds nothing; it needs ${needed.map((key) => `${key}:`).join(' and ')}`]];
  const slips = slipsIn(schema, value);
  const found = new Map(slips.map(({ field, words }) => [field, words]));
  const meant = new Set(slips.map((slip) => slip.meant));
  const check = validatorOf(schema);
  const errors = check.Check(value) ? [] : [...check.Errors(value)];
  for (const error of errors) meant.add(meantBy(error) ?? '');
  for (const error of errors) {
    // What is missing because it is misspelt is said once.
    if (meant.has(error.path) && error.value === undefined) continue;
    if (!found.has(error.path)) found.set(error.path, misfitWords(error));
  }
  return [...found].slice(0, PROBLEMS_MAX);
}

function textOf(path: string): string | ConfigProblem {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const words = UNREADABLE[code ?? ''] ?? `cannot be read: ${message}`;
    return { file: path, field: '/', expected: words };
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by the user that the store runs as',
  EISDIR: 'is a folder, not a file',
};

/** The parser speaks to people who know YAML. */
const YAML_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Tabs are not allowed/, 'indent with spaces, not with tabs'],
  [/^Map keys must be unique/, 'this key stands twice in its section'],
  [
    /^Nested mappings are not allowed/,
    'a value with a colon in it needs quotes, or the line is indented too little',
  ],
  [/^Missing closing "quote/, 'a quote is opened and not closed'],
  [
    /^All collection items must start at the same column/,
    'the lines of one section must begin at the same column',
  ],
];
const yamlWords = (message: string): string =>
  YAML_WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? message;

/** Character offset of the node at the pointer, or of the key of the deepest part of it that exists. */
function offsetOf(node: unknown, pointer: readonly string[], keyAt?: number): number | undefined {
  const here = keyAt ?? (node as Node | null)?.range?.[0];
  const [key, ...rest] = pointer;
  if (key === undefined) return here;
  if (isSeq(node)) {
    const item = node.items[Number(key)] as Node | undefined;
    return offsetOf(item, rest, item?.range?.[0]) ?? here;
  }
  if (!isMap(node)) return here;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  // What is missing in the whole file is missing in no line.
  if (pair === undefined) return keyAt;
  return offsetOf(pair.value, rest, (pair.key as Node).range?.[0]) ?? here;
}

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');
