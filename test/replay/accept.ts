/**
 * Rewrites what the replay tests expect, after a change of the rules that was meant:
 * `npx tsx test/replay/accept.ts`, then read the difference before it is committed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createCore } from '../../edge/core/index.js';
import { buildDay } from './day-builder.js';
import { DAYS_FOLDER, hashOf, LARGE_DAY, SMALL_DAY, toLines } from './days.js';

mkdirSync(new URL('small/', DAYS_FOLDER), { recursive: true });
mkdirSync(new URL('large/', DAYS_FOLDER), { recursive: true });

const small = buildDay(createCore(), SMALL_DAY);
writeFileSync(new URL('small/input.ndjson', DAYS_FOLDER), toLines(small.events));
writeFileSync(new URL('small/expected.ndjson', DAYS_FOLDER), toLines(small.outputs));

const large = buildDay(createCore(), LARGE_DAY);
writeFileSync(
  new URL('large/expected.json', DAYS_FOLDER),
  `${JSON.stringify({ events: large.events.length, outputs: large.outputs.length, sha256: hashOf(large.outputs) }, null, 2)}\n`,
);
