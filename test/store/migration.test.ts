import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { audit, online, openJournal, stop, temporaryDirectory } from './journal-support.js';

/** So small that a journal of some hundred events has several segments of each family. */
const SMALL = { inProcess: true, segmentBytesMax: 200_000, ballastBytes: 0 };
const EVENTS = 1_500;

const segmentsIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.db'))
    .map((name) => join(directory, name));

const versionOf = (path: string): unknown => {
  const db = new Database(path, { readonly: true });
  try {
    return db.pragma('user_version', { simple: true });
  } finally {
    db.close();
  }
};

/** As the first program wrote it: no checksum before the texts. */
function takeBack(path: string): void {
  const db = new Database(path);
  for (const table of ['meta', 'mark']) db.exec(`UPDATE ${table} SET value = substr(value, 10)`);
  db.pragma('user_version = 1');
  db.close();
}

async function filled(directory: string) {
  const journal = await openJournal({ directory, ...SMALL });
  for (let number = 0; number < EVENTS; number += 1)
    await journal.append([audit(`a-${number}`), online(`b-${number}`), stop(`c-${number}`)]);
  await journal.mark('group', '0a1b2c3d');
  await journal.step({ cursor: 3, outputs: [stop('d')], causes: [3] });
  await journal.close();
  return journal.jid;
}

test('a journal of the first schema is the same journal afterwards, in every segment, and whole', async () => {
  const directory = temporaryDirectory();
  const jid = await filled(directory);
  const files = segmentsIn(directory);
  expect(files.filter((path) => path.includes('keep-')).length).toBeGreaterThan(2);
  for (const path of files) takeBack(path);

  const journal = await openJournal({ directory, ...SMALL });
  expect(journal.jid).toBe(jid);
  expect(journal.stats().alarms).toEqual([]);
  expect(journal.stats().lastOffset).toBe(EVENTS * 3 + 1);
  for (let offset = 1; offset <= EVENTS * 3 + 1; offset += 1)
    expect(journal.readOffset(offset)?.offset).toBe(offset);
  await journal.close();
  expect(segmentsIn(directory).map(versionOf)).toEqual(files.map(() => 2));
  // Nothing was taken for damaged: no original lies beside it.
  expect(segmentsIn(directory)).toEqual(files);
});

test('what is damaged in such a segment is found as ever, not sealed as if it were whole', async () => {
  const directory = temporaryDirectory();
  const jid = await filled(directory);
  const keep = segmentsIn(directory)
    .filter((path) => path.includes('keep-'))
    .at(-1)!;
  const db = new Database(keep);
  db.exec("UPDATE meta SET value = '00000000:7' WHERE name = 'cursor'");
  db.pragma('user_version = 1');
  db.close();
  const journal = await openJournal({ directory, ...SMALL });
  expect(journal.jid).not.toBe(jid);
  expect(journal.stats().alarms.map(({ code }) => code)).toContain('JournalDamaged');
});
