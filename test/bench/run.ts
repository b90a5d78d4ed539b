/** `npm run bench -- ack|ready|memory|replay|story|screen|ingest|boot|whatif …`: measures, prints a JSON object a line, writes RESULTS.md. */

import { existsSync } from 'node:fs';
import { BENCHES } from './cases.js';
import { conditionsNow, type Figure, keeps, lineOf } from './figures.js';
import { writeResults } from './results.js';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => BENCHES[name] === undefined);
if (wanted.length === 0 || unknown.length > 0) {
  process.stderr.write(`Name benchmarks: ${Object.keys(BENCHES).join(', ')}.\n`);
  process.exit(2);
}
if (!existsSync('dist/edge/main.js')) {
  process.stderr.write('Build first: npm run build.\n');
  process.exit(2);
}
const missed: Figure[] = [];
for (const name of wanted) {
  const conditions = conditionsNow();
  const figures = (await BENCHES[name]?.()) ?? [];
  for (const figure of figures) process.stdout.write(`${lineOf(figure)}\n`);
  writeResults(name, figures, conditions);
  missed.push(...figures.filter((figure) => !keeps(figure)));
}
for (const figure of missed) process.stderr.write(`missed: ${lineOf(figure)}\n`);
process.exit(missed.length === 0 ? 0 : 1);
