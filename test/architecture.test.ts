import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which room may use which, as the table of ARCHITECTURE.md says it: path prefixes. A room may always use itself. */
const ALLOWED = roomsOf(readFileSync('ARCHITECTURE.md', 'utf8'));
/** Wires everything by hand, so it may see everything. */
const COMPOSITION = ['edge/app.ts', 'edge/app/', 'edge/cli/', 'edge/main.ts'];

const FILE_LINES_MAX = 350;
const TEST_LINES_MAX = 400;
/** All words of a language, so that a further one is one file. */
const A_LANGUAGE = /^edge\/languages\/[a-z]{2,3}\.ts$/;
/** Files over their budget, each with the reason; the list is meant to shrink. */
const LONGER: Readonly<Record<string, string>> = {};

/** What the pure core must not touch: the machine, the clock, chance. */
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bsetTimeout\b|\bsetInterval\b|\bperformance\.|\bconsole\.|\bfetch\(|from 'node:|\bcrypto\./;

const ROOTS = ['edge', 'cloud-bridge', 'signage-ui', 'test'];

function roomsOf(page: string): Readonly<Record<string, readonly string[]>> {
  const rows = [...page.matchAll(/^\| `((?:edge\/|cloud-bridge)[^`]*)` \| [^|]* \| ([^|]*) \|$/gm)];
  return Object.fromEntries(
    rows.map(([, room = '', uses = '']) => [
      prefixOf(room),
      uses === 'nothing' ? [] : uses.split(', ').map((use) => prefixOf(`edge/${use}`)),
    ]),
  );
}

/** A room is a folder, or one file. */
function prefixOf(name: string): string {
  const place = [name, `${name}.ts`].find((path) => existsSync(path));
  if (place === undefined) throw new Error(`ARCHITECTURE.md names ${name}, which is not there`);
  return place.endsWith('.ts') ? place : `${place}/`;
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesUnder(path);
    return /\.(ts|tsx)$/.test(entry.name) ? [path] : [];
  });
}

const files = ROOTS.flatMap(filesUnder).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const sources = files.filter((file) => !file.path.startsWith('test/'));

function importsOf(file: { path: string; text: string }): { target: string; typeOnly: boolean }[] {
  const found = file.text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)/g,
  );
  return [...found].flatMap(([, type, target, dynamic]) => {
    const specifier = target ?? dynamic ?? '';
    if (!specifier.startsWith('.')) return [];
    const resolved = relative('.', resolve(dirname(file.path), specifier)).replace(/\.js$/, '.ts');
    return [{ target: resolved, typeOnly: type !== undefined }];
  });
}

describe('the house', () => {
  it('has one way through it: every room imports only what it may', () => {
    const wrong = sources.flatMap((file) => {
      const room = Object.keys(ALLOWED).find((prefix) => file.path.startsWith(prefix));
      if (room === undefined) return [];
      return importsOf(file)
        .filter(
          ({ target }) =>
            !target.startsWith(room) && !ALLOWED[room]!.some((allowed) => target.startsWith(allowed)),
        )
        .map(({ target }) => `${file.path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('allows no room what none of its files needs', () => {
    const needless = Object.entries(ALLOWED).flatMap(([room, allowed]) => {
      const targets = sources
        .filter(({ path }) => path.startsWith(room))
        .flatMap((file) => importsOf(file).map(({ target }) => target));
      return allowed
        .filter((prefix) => !targets.some((target) => target.startsWith(prefix)))
        .map((prefix) => `${room} does not need ${prefix}`);
    });
    expect(needless).toEqual([]);
  });

  it('would notice a row that names what is not there, or no room at all', () => {
    expect(roomsOf('| `edge/serve` | HTTP | contracts, ops/metrics |')).toEqual({
      'edge/serve/': ['edge/contracts/', 'edge/ops/metrics.ts'],
    });
    expect(() => roomsOf('| `edge/serve` | HTTP | journal interface |')).toThrow(/journal interface/);
    expect(Object.keys(ALLOWED).length).toBeGreaterThan(10);
  });

  it('has a room with rules for every source file', () => {
    const known = [...Object.keys(ALLOWED), ...COMPOSITION, 'signage-ui/'];
    expect(
      sources.map((file) => file.path).filter((path) => !known.some((prefix) => path.startsWith(prefix))),
    ).toEqual([]);
  });

  it('lets pages take types, never code, from the store', () => {
    const wrong = sources
      .filter((file) => file.path.startsWith('signage-ui/'))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ target, typeOnly }) => target.startsWith('edge/') && !typeOnly)
          .map(({ target }) => `${file.path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('keeps clock, chance and machine out of the core', () => {
    const wrong = sources
      .filter((file) => file.path.startsWith('edge/core/'))
      .flatMap((file) =>
        file.text
          .split('\n')
          .flatMap((line, n) =>
            IMPURE.test(withoutComment(line)) ? [`${file.path}:${n + 1} ${line.trim()}`] : [],
          ),
      );
    expect(wrong).toEqual([]);
  });

  it('would notice an impure line', () => {
    expect(IMPURE.test('const now = Date.now();')).toBe(true);
    expect(IMPURE.test("import { readFileSync } from 'node:fs';")).toBe(true);
  });

  it('has no file that needs itself, not even for a type', () => {
    const imports = new Map(
      sources.map((file) => [file.path, importsOf(file).map(({ target }) => sourceOf(target))] as const),
    );
    expect(circlesIn(imports)).toEqual([]);
  });

  it('would notice a circle', () => {
    const imports = new Map([
      ['a.ts', ['b.ts']],
      ['b.ts', ['c.ts', 'd.ts']],
      ['c.ts', ['a.ts']],
      ['d.ts', []],
    ]);
    expect(circlesIn(imports)).toEqual(['a.ts > b.ts > c.ts > a.ts']);
  });

  it('keeps files small', () => {
    const long = files
      .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
      .filter(
        ({ path, lines }) =>
          lines > (path.startsWith('test/') ? TEST_LINES_MAX : FILE_LINES_MAX) &&
          LONGER[path] === undefined &&
          !A_LANGUAGE.test(path),
      );
    expect(long).toEqual([]);
  });

  it('names files in kebab-case', () => {
    const name = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|bench|config|d))?\.tsx?$/;
    expect(files.map((file) => file.path).filter((path) => !name.test(path.split('/').at(-1)!))).toEqual([]);
  });

  it('writes topic names in one place only', () => {
    const kafkaRaw = /['"`](?:raw\.p\d|clean\.[a-z]+\.[a-z]+)['"`]/;
    const wrong = sources
      .filter((file) => file.path.startsWith('edge/') && kafkaRaw.test(file.text))
      .map((file) => file.path);
    expect(wrong).toEqual([]);
  });
});

/** Compiled names say `.js`, also where the source is a `.tsx`. */
function sourceOf(target: string): string {
  return sources.some(({ path }) => path === target) ? target : target.replace(/\.ts$/, '.tsx');
}

/** Each circle once, from the file at which a walk in order comes to it. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path);
    if (at >= 0) circles.push([...way.slice(at), path].join(' > '));
    if (at >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) walk(target, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) walk(path, []);
  return circles;
}

function withoutComment(line: string): string {
  return /^\s*(\/\/|\*|\/\*)/.test(line) ? '' : line.replace(/\s\/\/.*$/, '');
}
