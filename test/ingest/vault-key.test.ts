import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createVault, type OpenVault } from '../../edge/ingest/vault.js';
import { inspectVault } from '../../edge/ingest/vault-inspect.js';
import { temporaryFolder, wallClock } from './support/rim.js';

const TAG = 'iBeacon:e5ca1ade-f007-ba11-0000-000000000000-7-42';

function openIn(folder: string): OpenVault {
  return createVault({ folder, clock: wallClock });
}

/** As a version made it that did not note which key a link was made with. */
function dropColumn(folder: string): void {
  const db = new Database(join(folder, 'vault.sqlite'));
  db.exec('ALTER TABLE link DROP COLUMN made_with');
  db.close();
}

/** A vault in which somebody has a tag and a loyalty id, closed again. */
function usedVault() {
  const folder = join(temporaryFolder(), 'vault');
  const vault = openIn(folder);
  const sid = vault.createShopper();
  vault.linkTag(sid, TAG);
  vault.linkLoyalty(sid, 'L-1');
  expect(vault.deadLinks()).toBe(0);
  vault.close();
  return { folder, sid, key: join(folder, 'vault.key') };
}

const keysIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.includes('key'));

describe('the key of the vault', () => {
  it('is there whole or not at all', () => {
    const { folder, key } = usedVault();
    expect(keysIn(folder)).toEqual(['vault.key']);
    expect([statSync(key).size, statSync(key).mode & 0o777]).toEqual([32, 0o600]);
    // What a power cut left of one that was being written counts for nothing.
    const young = join(temporaryFolder(), 'vault');
    openIn(young).close();
    renameSync(join(young, 'vault.key'), join(young, 'vault.key.part'));
    writeFileSync(join(young, 'vault.key.part'), 'torn');
    openIn(young).close();
    expect(keysIn(young)).toEqual(['vault.key']);
    expect(statSync(join(young, 'vault.key')).size).toBe(32);
  });

  it('that is gone is made anew and said, until everybody was linked again', () => {
    const { folder, sid, key } = usedVault();
    rmSync(key);
    expect(inspectVault(folder)).toEqual({ people: 1, links: 2, deadLinks: 2, key: 'missing' });
    openIn(folder).close();
    expect(inspectVault(folder)).toEqual({ people: 1, links: 2, deadLinks: 2, key: 'good' });
    const vault = openIn(folder);
    expect(vault.deadLinks()).toBe(2);
    expect([vault.knows(sid), vault.sidOfTag(TAG)]).toEqual([true, undefined]);
    expect(vault.linksOf(sid)).toEqual({ tags: 0, loyaltyIds: 0 });
    expect(vault.linkTag(sid, TAG)).toBeUndefined();
    expect(vault.deadLinks()).toBe(1);
    vault.linkLoyalty(sid, 'L-1');
    expect([vault.deadLinks(), vault.sidOfTag(TAG), vault.sidOfLoyalty('L-1')]).toEqual([0, sid, sid]);
    vault.close();
  });

  it('that is put back is the same as before', () => {
    const { folder, sid, key } = usedVault();
    const copy = readFileSync(key);
    rmSync(key);
    openIn(folder).close();
    writeFileSync(key, copy);
    const vault = openIn(folder);
    expect([vault.deadLinks(), vault.sidOfTag(TAG)]).toEqual([0, sid]);
    vault.close();
  });

  it('that is torn keeps the store shut with words that say what to do, once something hangs on it', () => {
    const { folder, key } = usedVault();
    writeFileSync(key, 'torn');
    expect(inspectVault(folder)).toMatchObject({ key: 'damaged', deadLinks: 2 });
    expect(() => openIn(folder)).toThrow(/vault\.key is damaged: 4 bytes instead of 32.*copy.*move it away/s);
    expect(readFileSync(key, 'utf8')).toBe('torn');
    rmSync(join(folder, 'vault.sqlite'));
    openIn(folder).close();
    expect(statSync(key).size).toBe(32);
  });

  it('of a vault of before counts as that of its links', () => {
    const { folder, sid } = usedVault();
    dropColumn(folder);
    const vault = openIn(folder);
    expect([vault.deadLinks(), vault.sidOfTag(TAG)]).toEqual([0, sid]);
    vault.close();
    dropColumn(folder);
    rmSync(join(folder, 'vault.key'));
    const again = openIn(folder);
    expect(again.deadLinks()).toBe(2);
    again.close();
  });
});
