import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const STATEMENT = /MQTT-\d\.\d+\.\d-\d+/g;
const here = import.meta.dirname;
const read = (name: string): string => readFileSync(join(here, name), 'utf8');

it('the table of statements and the cases are the same', () => {
  const cases = readdirSync(here).filter((name) => /^(framing|connect|delivery)\.test\.ts$/.test(name));
  const titles = cases.flatMap((name) => read(name).match(/\bit\(\s*'[^']*'/g) ?? []);
  const tested = new Set(
    titles.flatMap((title) => title.match(/\[MQTT-[\d.-]+\]/g) ?? []).map((s) => s.slice(1, -1)),
  );
  const rows = read('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| MQTT-'));
  const listed = new Set(rows.flatMap((row) => (row.split('|')[1] ?? '').match(STATEMENT) ?? []));
  expect([...listed].sort()).toEqual([...tested].sort());
  expect(tested.size).toBeGreaterThan(70);
});
