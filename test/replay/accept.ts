/**
 * What the recorded days give now, beside what their files say. `npx tsx test/replay/accept.ts` shows the first
 * difference; with `--accept` it rewrites the files, and whoever reviews the change reads their difference.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { StoreEvent } from '../../edge/contracts/index.js';
import { newCore } from '../core/support/core.js';
import { buildDay } from './day-builder.js';
import { DAYS_FOLDER, firstDifference, fromLines, hashOf, LARGE_DAY, SMALL_DAY, toLines } from './days.js';

const file = (name: string) => new URL(name, DAYS_FOLDER);
const small = buildDay(newCore(), SMALL_DAY);
const large = buildDay(newCore(), LARGE_DAY);
const summary = { events: large.events.length, outputs: large.outputs.length, sha256: hashOf(large.outputs) };

if (existsSync(file('small/expected.ndjson'))) {
  const expected = fromLines<StoreEvent>(readFileSync(file('small/expected.ndjson'), 'utf8'));
  console.log(`small day, first difference: ${firstDifference(expected, small.outputs)}`);
  console.log(`large day, recorded: ${readFileSync(file('large/expected.json'), 'utf8').trim()}`);
}
console.log(`large day, now: ${JSON.stringify(summary)}`);

if (process.argv.includes('--accept')) {
  for (const folder of ['small/', 'large/']) mkdirSync(file(folder), { recursive: true });
  writeFileSync(file('small/input.ndjson'), toLines(small.events));
  writeFileSync(file('small/expected.ndjson'), toLines(small.outputs));
  writeFileSync(file('large/expected.json'), `${JSON.stringify(summary, null, 2)}\n`);
}
