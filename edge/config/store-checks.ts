/**
 * What a schema cannot say of store.yaml. Everything is looked at as it was read, fitting or not, so that one start
 * tells all that is wrong.
 */

import { nearest, oneOf } from './near.js';
import type { ConfigProblem } from './problems.js';
import type { ConfigFile } from './schema.js';
import type { YamlFile } from './yaml-file.js';

const PLACED = ['nodes', 'screens', 'shelves'] as const;
const NAMED = ['zones', ...PLACED] as const;

export function storeChecks(file: YamlFile<ConfigFile>): readonly ConfigProblem[] {
  const read: unknown = file.value;
  return [...wordChecks(file, read), ...zoneChecks(file, read), ...repeatedIds(file, read)];
}

/** The member of something that may be anything. */
const memberOf = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined;
const listOf = (value: unknown, key: string): readonly unknown[] => {
  const list = memberOf(value, key);
  return Array.isArray(list) ? list : [];
};
const textOf = (value: unknown, key: string): string | undefined => {
  const text = memberOf(value, key);
  return typeof text === 'string' ? text : undefined;
};

/** Words that mean something outside: time zone, currency, language. */
function wordChecks(file: YamlFile<ConfigFile>, read: unknown): readonly ConfigProblem[] {
  const store = memberOf(read, 'store');
  return Object.entries(WORD_CHECKS).flatMap(([key, problem]) => {
    const word = textOf(store, key);
    const words = word === undefined ? undefined : problem(word);
    return words === undefined ? [] : [file.problemAt(`/store/${key}`, words)];
  });
}

const WORD_CHECKS: Readonly<Record<string, (word: string) => string | undefined>> = {
  timeZone: (word) =>
    works(() => new Intl.DateTimeFormat('en', { timeZone: word }))
      ? undefined
      : unknownWord(
          word,
          'is not an IANA time zone such as Europe/Berlin',
          Intl.supportedValuesOf('timeZone'),
        ),
  // What is no code at all is refused by its shape.
  currency: (word) =>
    !/^[A-Z]{3}$/.test(word) || Intl.supportedValuesOf('currency').includes(word)
      ? undefined
      : `"${word}" is not an ISO 4217 currency such as EUR`,
  locale: (word) =>
    works(() => Intl.DateTimeFormat.supportedLocalesOf(word)[0]!.length)
      ? undefined
      : `"${word}" is not a language this machine knows, such as en-IE or de-DE`,
};

const unknownWord = (word: string, words: string, known: readonly string[]): string => {
  const meant = nearest(word, known);
  return `"${word}" ${words}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
};

function works(look: () => unknown): boolean {
  try {
    look();
    return true;
  } catch {
    return false;
  }
}

function zoneChecks(file: YamlFile<ConfigFile>, read: unknown): readonly ConfigProblem[] {
  const zones = listOf(read, 'zones').flatMap((zone) => textOf(zone, 'id') ?? []);
  if (zones.length === 0) return [];
  return PLACED.flatMap((group) =>
    listOf(read, group).flatMap((member, index) => {
      const zone = textOf(member, 'zone');
      if (zone === undefined || zones.includes(zone)) return [];
      const meant = nearest(zone, zones);
      const hint = meant === undefined ? `there are ${oneOf(zones)}` : `did you mean "${meant}"?`;
      return [
        file.problemAt(`/${group}/${index}/zone`, `names zone "${zone}", which is not under zones; ${hint}`),
      ];
    }),
  );
}

/** Of two with one id, one would silently be the other. */
function repeatedIds(file: YamlFile<ConfigFile>, read: unknown): readonly ConfigProblem[] {
  return NAMED.flatMap((group) => {
    const first = new Map<string, string>();
    return listOf(read, group).flatMap((member, index) => {
      const id = textOf(member, 'id');
      if (id === undefined) return [];
      const problem = file.problemAt(`/${group}/${index}/id`, '');
      const before = first.get(id);
      if (before === undefined) first.set(id, String(problem.line ?? '?'));
      return before === undefined
        ? []
        : [{ ...problem, expected: `"${id}" stands in line ${before} already` }];
    });
  });
}
