import { readFileSync } from 'node:fs';
import type { Static, TSchema } from '@sinclair/typebox';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { validatorOf } from '../contracts/index.js';
import { ConfigError, type ConfigProblem } from './problems.js';

const PROBLEMS_MAX = 20;

/** A YAML document that fits its schema, and a way to name the line of any of its fields. */
export interface YamlFile<T> {
  readonly path: string;
  readonly value: T;
  problemAt(field: string, expected: string): ConfigProblem;
}

/** Throws ConfigError with every problem of the file and its line. */
export function readYamlFile<S extends TSchema>(path: string, schema: S): YamlFile<Static<S>> {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number | undefined) =>
    offset === undefined ? {} : { line: lines.linePos(offset).line };
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => ({
        file: path,
        ...lineOf(error.pos[0]),
        field: '/',
        expected: `is not YAML: ${error.message}`,
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
  const check = validatorOf(schema);
  if (!check.Check(value)) {
    const seen = new Map<string, ConfigProblem>();
    for (const error of check.Errors(value)) {
      if (!seen.has(error.path))
        seen.set(error.path, problemAt(error.path, `${error.message}, got ${show(error.value)}`));
      if (seen.size >= PROBLEMS_MAX) break;
    }
    throw new ConfigError([...seen.values()]);
  }
  return { path, value: value as Static<S>, problemAt };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([
      { file: path, field: '/', expected: `cannot be read: ${(error as Error).message}` },
    ]);
  }
}

/** Character offset of the node at the pointer, or of the deepest part of it that exists. */
function offsetOf(node: unknown, pointer: readonly string[]): number | undefined {
  const here = (node as Node | null)?.range?.[0];
  const [key, ...rest] = pointer;
  if (key === undefined) return here;
  if (isSeq(node)) return offsetOf(node.items[Number(key)], rest) ?? here;
  if (!isMap(node)) return here;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  if (pair === undefined) return here;
  return rest.length === 0 ? (pair.key as Node).range?.[0] : (offsetOf(pair.value, rest) ?? here);
}

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
