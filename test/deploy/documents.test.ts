import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../../edge/cli/program.js';

const LEFT_OUT = new Set(['node_modules', 'dist', '.git', 'days']);

function filesUnder(folder: string, ends: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : filesUnder(path, ends);
    return ends.test(entry.name) ? [path] : [];
  });
}
const textOf = (paths: readonly string[]): string =>
  paths.map((path) => readFileSync(path, 'utf8')).join('\n');

/** What a pattern finds in each document, with where. */
function named(pattern: RegExp): { where: string; name: string }[] {
  return filesUnder('.', /\.md$/).flatMap((where) =>
    [...readFileSync(where, 'utf8').matchAll(pattern)].map(([, name = '']) => ({ where, name })),
  );
}

it('documents name no setting that nothing reads', () => {
  const sources = textOf(filesUnder('.', /\.(ts|tsx|mjs|cjs|js|c|sh|service|yaml|yml|json|Containerfile)$/));
  const settings = named(/\b(ENDCAP_[A-Z_]+)\b/g);
  expect(settings.length).toBeGreaterThan(3);
  expect(settings.filter(({ name }) => !sources.includes(name))).toEqual([]);
});

it('documents name the pages of staff as their tabs do', () => {
  const words = readFileSync('edge/languages/en.ts', 'utf8');
  const pages = named(/\b[Pp]ages? \*([^*]+)\*/g);
  expect(pages.length).toBeGreaterThan(3);
  expect(pages.filter(({ name }) => !words.includes(`'${name}'`))).toEqual([]);
});

it('the changelog names every command', () => {
  const changes = readFileSync('CHANGELOG.md', 'utf8');
  const commands = createProgram().commands.map((command) => command.name());
  expect(commands).toContain('replay');
  expect(commands.filter((name) => !new RegExp(`\`(endcap )?${name}[\` ]`).test(changes))).toEqual([]);
});
