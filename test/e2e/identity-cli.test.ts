import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineAccount } from '../../edge/app/machine-account.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';

const GOOD = 'horse battery staple';

let store: RunningStore;
beforeAll(async () => {
  store = await startStore();
  // It answers a moment before it has printed where people find it.
  await until(() => codeIn(store.output()) !== '', { withinMs: 10_000, what: 'the claim code' });
}, 90_000);
afterAll(() => store?.remove());

/** The built program on this store's folder; what it printed and how it ended. */
function endcap(...words: string[]): Promise<{ code: number; out: string }> {
  const at = ['--config', join(store.directory, 'store.yaml'), '--data', store.data];
  return new Promise((done) => {
    execFile(process.execPath, [resolve('dist/edge/main.js'), ...words, ...at], (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), out: stdout + stderr });
    });
  });
}
const post = async (path: string, body: object) => {
  const answer = await fetch(store.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const codeIn = (text: string): string => /Claim code {2}(\S+)/.exec(text)?.[1] ?? '';

describe('S1 a new store on its console', () => {
  it('prints a claim code and no link that is logged in', () => {
    expect(codeIn(store.output())).toMatch(/^\w{4}-\w{4}$/);
    expect(store.output()).not.toMatch(/\/\?token=/);
  });

  it('prints a new one on request, which makes the old one void', async () => {
    const old = codeIn(store.output());
    const { out } = await endcap('claim');
    const claim = (code: string) => post('/v1/claim', { code, name: 'sam', password: GOOD });
    expect((await claim(old)).body['reason']).toBe('ClaimCode');
    expect((await claim(codeIn(out))).status).toBe(200);
    const again = await endcap('claim');
    expect(again.code).toBe(1);
    expect(again.out).toContain('This store has its accounts');
  });

  it('looks after accounts', async () => {
    const added = await endcap('user', 'add', 'kim', '--role', 'associate');
    const token = /#set=(\S+)/.exec(added.out)?.[1];
    expect((await post('/v1/password', { token, password: GOOD })).status).toBe(200);
    expect((await endcap('user', 'role', 'kim', 'viewer')).out).toBe('kim viewer good\n');
    expect((await endcap('user', 'disable', 'kim', '--reason', 'left the store')).out).toBe(
      'kim viewer disabled\n',
    );
    expect((await post('/v1/session', { name: 'kim', password: GOOD })).body['reason']).toBe('WrongPassword');
    expect((await endcap('user', 'enable', 'kim')).out).toBe('kim viewer good\n');
    expect((await endcap('user', 'reset', 'kim')).out).toContain('/login#set=ec_');
    const last = await endcap('user', 'disable', 'sam');
    expect([last.code, last.out.includes('Nobody would be left')]).toEqual([1, true]);
    expect((await endcap('user', 'list')).out).toMatch(/kim +viewer +good\nsam +admin +good\n/);
  });
});

describe('tokens on the console', () => {
  it('are listed without what they are, and taken back', async () => {
    const token = (await endcap('token', '--role', 'viewer', '--device', 'report')).out.trim();
    const may = async () =>
      (await fetch(`${store.url}/v1/journal`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await may()).toBe(200);
    const { out } = await endcap('tokens', 'list');
    expect(out).toMatch(/^viewer +report +since \S+, until it is taken back$/m);
    expect(out).not.toContain(token);
    expect((await endcap('tokens', 'revoke', 'viewer', 'report', '--reason', 'nobody reads it')).out).toBe(
      'viewer report holds no token any more.\n',
    );
    expect(await may()).toBe(401);
    const why = await endcap('audit', 'export', '--why', 'NOBODY', '--reason', 'the auditor asked');
    expect(why.out).toContain('"reason":"nobody reads it"');
    const asked = await endcap('audit', 'export', '--action', 'audit.export');
    expect(asked.out).toContain('"reason":"the auditor asked"');
    const again = await endcap('tokens', 'revoke', 'viewer', 'report');
    expect([again.code, again.out.includes('no token speaks as viewer report')]).toEqual([1, true]);
  });
});

describe('S20 the audit log on the console', () => {
  it('is written out, and whole after a kill', async () => {
    const csv = join(store.directory, 'audit.csv');
    expect((await endcap('audit', 'export', '--format', 'csv', '--output', csv)).code).toBe(0);
    expect(readFileSync(csv, 'utf8')).toContain('user.disable,kim,done,left the store');
    await store.kill();
    store = await store.restart();
    expect(store.output()).not.toContain('Claim code');
    const { code, out } = await endcap('audit', 'verify');
    expect([code, out]).toEqual([0, expect.stringContaining('all as they were written')]);
  }, 90_000);

  it('notes that the configuration changed while it was off, and ends with 1 once somebody changed the log', async () => {
    await store.stop();
    const campaigns = join(store.directory, 'campaigns.yaml');
    writeFileSync(campaigns, readFileSync(campaigns, 'utf8').replace(/version: \d+/, 'version: 99'));
    const db = new Database(join(store.data, 'keys', 'audit.db'));
    db.exec(`UPDATE entries SET data = json_set(data, '$.by', 'eve') WHERE data LIKE '%user.disable%'`);
    db.close();
    store = await store.restart();
    const { code, out } = await endcap('audit', 'verify');
    expect([code, out]).toEqual([1, expect.stringContaining('is not what it was when written')]);
    const changes = await endcap('audit', 'export', '--action', 'config');
    // Who started the store answers for what was changed while it was off.
    expect(changes.out).toContain(`"by":"${machineAccount()}"`);
    const changed = /FileChanged ([^"]+)/.exec(changes.out)?.[1] ?? '';
    expect(Date.parse(changed)).toBe(Math.floor(statSync(campaigns).mtimeMs));
  }, 90_000);
});
