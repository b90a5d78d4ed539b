import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { backupsOf, removeHalfCopies } from '../../edge/app/backups.js';

it('a copy that a crash left half made or lent is removed at the start, and whole ones stay', () => {
  const root = mkdtempSync(join(tmpdir(), 'endcap-backups-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  // Nobody made a copy yet.
  removeHalfCopies({ root });
  const whole = '2026-11-23T20-07-41-123Z';
  const lent = '2026-11-23T22-00-00-000Z.lent';
  for (const name of [whole, '2026-11-23T21-00-00-000Z.part', lent]) {
    mkdirSync(join(root, 'backups', name), { recursive: true });
    writeFileSync(join(root, 'backups', name, 'keep-0000000000000001.db'), 'some bytes');
  }
  removeHalfCopies({ root });
  expect(readdirSync(join(root, 'backups'))).toEqual([whole]);
  expect(backupsOf({ folder: { root } })).toEqual([
    { name: whole, at: '2026-11-23T20:07:41.123Z', bytes: 10 },
  ]);
});
