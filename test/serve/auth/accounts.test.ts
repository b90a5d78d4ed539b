import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Accounts, createAccounts } from '../../../edge/serve/auth/accounts.js';
import { createAuth, type StoreAuth } from '../../../edge/serve/auth/auth.js';
import { createClaims } from '../../../edge/serve/auth/claim.js';
import { createPasswords, type Passwords, weakPassword } from '../../../edge/serve/auth/passwords.js';

const GOOD = 'horse battery staple';
const HOUR_MS = 3_600_000;
const visitor = { address: '10.0.0.7', agent: 'Firefox on a till' };

let folder: string;
let nowMs: number;
let auth: StoreAuth;
let accounts: Accounts;
let looked: (string | undefined)[];
const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };

/** Real scrypt at a small cost, which notes what was compared. */
function countingPasswords(): Passwords {
  const real = createPasswords({ cost: { N: 2 ** 10, r: 8, p: 1 } });
  return {
    hash: real.hash,
    fits: (password, kept) => {
      looked.push(kept);
      return real.fits(password, kept);
    },
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-accounts-'));
  nowMs = Date.parse('2026-11-23T09:00:00Z');
  looked = [];
  auth = createAuth({ folder, clock, mode: 'required', listeners: ['127.0.0.1'] });
  accounts = createAccounts({ auth, clock, passwords: countingPasswords() });
});
afterEach(() => {
  auth.close();
  rmSync(folder, { recursive: true });
});

async function person(name: string, role: 'viewer' | 'admin' = 'viewer'): Promise<string> {
  const made = accounts.add(name, role);
  if ('reason' in made) throw new Error(made.detail);
  const session = await accounts.setPassword(made.token, GOOD, visitor);
  if ('reason' in session) throw new Error(session.detail);
  return session.token;
}
const reasonOf = (answer: object): string => ('reason' in answer ? String(answer.reason) : 'fine');
const logIn = (name: string, password = GOOD, from = visitor) => accounts.logIn(name, password, from);
async function tokenOf(name: string): Promise<string> {
  const session = await logIn(name);
  if ('reason' in session) throw new Error(session.detail);
  return session.token;
}

describe('passwords', () => {
  it('are long, and none of the first guesses; nothing else is asked of them', () => {
    for (const good of [GOOD, 'vier kurze Wörter', '🌵🌶🫑🥑🥦🥬🥒🌽🥕🧄🧅🥔', 'aaaa bbbb cccc dddd']) {
      expect(weakPassword(good, 'sam'), good).toBeUndefined();
    }
    for (const bad of [
      '',
      'short',
      'password1234',
      'Passwort!2026',
      '123456789012',
      'aaaaaaaaaaaaaa',
      'x'.repeat(201),
    ]) {
      expect(weakPassword(bad, 'sam')?.reason, bad).toBe('WeakPassword');
    }
    expect(weakPassword('Maximiliane-1', 'maximiliane')?.detail).toBe('it is the name');
  });

  it('are kept as scrypt with parameters and salt, never as they are', async () => {
    await person('sam');
    const row = auth.staff.account('sam')!;
    expect(row.password).toMatch(/^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    for (const file of ['auth.db', 'auth.db-wal']) {
      expect(readFileSync(join(folder, file)).includes(GOOD)).toBe(false);
    }
    await person('kim');
    expect(auth.staff.account('kim')!.password).not.toBe(row.password);
  });

  it('made at another cost still fit', async () => {
    const old = await createPasswords({ cost: { N: 2 ** 9, r: 4, p: 2 } }).hash(GOOD);
    const now = createPasswords({ cost: { N: 2 ** 10, r: 8, p: 1 } });
    expect(await now.fits(GOOD, old)).toBe(true);
    expect(await now.fits(`${GOOD}.`, old)).toBe(false);
    expect(await now.fits(GOOD, undefined)).toBe(false);
  });
});

describe('logging in', () => {
  it('takes name and password, and no name that nobody has, after the same work', async () => {
    await person('sam');
    expect(await logIn(' SAM ')).toMatchObject({ principal: { role: 'viewer', subject: 'sam' } });
    expect(reasonOf(await logIn('sam', 'wrong password 1'))).toBe('WrongPassword');
    expect(await logIn('nobody')).toEqual(await logIn('sam', 'wrong password 1'));
    expect(looked).toHaveLength(4);
    expect(looked[2]).toBeUndefined();
  });

  const from = (host: number) => ({ ...visitor, address: `10.0.1.${host}` });

  it('says 429 after ten wrong ones from an address, whatever the names', async () => {
    await person('sam');
    for (let n = 0; n < 10; n += 1) {
      expect(reasonOf(await logIn(n % 2 ? 'sam' : `guess-${n}`, 'no', from(50)))).toBe('WrongPassword');
    }
    const eleventh = await logIn('sam', GOOD, from(50));
    expect(eleventh).toMatchObject({ reason: 'TooManyRequests', first: true });
    expect((eleventh as { retryAfterS: number }).retryAfterS).toBeGreaterThan(50);
    expect(await logIn('sam', GOOD, from(50))).toMatchObject({ reason: 'TooManyRequests', first: false });
  });

  it('control: where an address may try more often, and nothing else is changed, it goes on guessing', async () => {
    accounts = createAccounts({ auth, clock, passwords: countingPasswords(), wrongTriesMax: 1_000 });
    await person('sam');
    for (let n = 0; n < 12; n += 1) {
      expect(reasonOf(await logIn(`guess-${n}`, 'no', from(50)))).toBe('WrongPassword');
    }
    expect(reasonOf(await logIn('sam', GOOD, from(50)))).toBe('fine');
  });

  it('lets nobody keep a person out by wrong passwords from elsewhere', async () => {
    await person('sam');
    for (let n = 0; n < 20; n += 1) await logIn('sam', 'no', from(50));
    expect(reasonOf(await logIn('sam', GOOD, from(1))), 'from a new place').toBe('fine');
    // From as many places as it takes.
    for (let n = 0; n < 40; n += 1) await logIn('sam', 'no', from(60 + (n % 20)));
    expect(reasonOf(await logIn('sam', GOOD, from(1))), 'from where they were before').toBe('fine');
    expect(reasonOf(await logIn('sam', 'no', from(1)))).toBe('WrongPassword');
  });

  it('ends guessing one account from many addresses', async () => {
    await person('sam');
    await person('kim');
    const reasons: string[] = [];
    for (let n = 0; n < 40; n += 1) reasons.push(reasonOf(await logIn('sam', 'no', from(n))));
    expect(reasons.filter((reason) => reason === 'WrongPassword')).toHaveLength(30);
    expect(reasons.slice(30).every((reason) => reason === 'TooManyRequests')).toBe(true);
    expect(looked).toHaveLength(30);
    expect(reasonOf(await logIn('kim', GOOD, from(99)))).toBe('fine');
  });

  it('counts tries that run at the same time', async () => {
    await person('sam');
    const answers = await Promise.all(Array.from({ length: 30 }, () => logIn('sam', 'no')));
    const reasons = answers.map(reasonOf);
    expect(reasons.filter((reason) => reason === 'WrongPassword')).toHaveLength(10);
    expect(reasons.filter((reason) => reason === 'TooManyRequests')).toHaveLength(20);
  });

  it('right ones do not count', async () => {
    await person('sam');
    for (let n = 0; n < 30; n += 1) expect(reasonOf(await logIn('sam'))).toBe('fine');
  });

  it('is over for the invited, the disabled, and those whose role changed meanwhile', async () => {
    accounts.add('new', 'viewer');
    expect(reasonOf(await logIn('new', ''))).toBe('WrongPassword');
    await person('sam');
    const slow = logIn('sam');
    accounts.setDisabled('sam', true);
    expect(reasonOf(await slow)).toBe('WrongPassword');
    expect(reasonOf(await logIn('sam'))).toBe('WrongPassword');
    accounts.setDisabled('sam', false);
    expect(reasonOf(await logIn('sam'))).toBe('fine');
  });
});

describe('sessions of staff', () => {
  it('fall asleep after 12 hours without a request, and end after 7 days with them', async () => {
    await person('sam');
    const token = await tokenOf('sam');
    nowMs += 12 * HOUR_MS - 1;
    expect(auth.verify(token)).toBeDefined();
    nowMs += 12 * HOUR_MS + 60_000;
    expect(auth.verify(token)).toBeUndefined();
    const busy = await tokenOf('sam');
    for (let hour = 0; hour < 7 * 24 - 1; hour += 1) {
      nowMs += HOUR_MS;
      expect(auth.verify(busy)).toBeDefined();
    }
    nowMs += HOUR_MS;
    expect(auth.verify(busy)).toBeUndefined();
  });

  it('are not kept awake by a page that is only open', async () => {
    await person('sam');
    const token = await tokenOf('sam');
    for (let hour = 0; hour < 12; hour += 1) {
      expect(auth.peek(token)).toBeDefined();
      nowMs += HOUR_MS;
    }
    nowMs += 1;
    expect(auth.peek(token)).toBeUndefined();
  });

  it('are new at every log-in, and all end at a new role, a new password and disabling', async () => {
    const first = await person('sam');
    const second = await tokenOf('sam');
    expect(second).not.toBe(first);
    accounts.setRole('sam', 'admin');
    expect([auth.verify(first), auth.verify(second)]).toEqual([undefined, undefined]);
    const third = await tokenOf('sam');
    const changed = await accounts.changePassword('sam', { current: GOOD, password: `${GOOD}!` }, visitor);
    expect(auth.verify(third)).toBeUndefined();
    expect(changed).toMatchObject({ principal: { role: 'admin', subject: 'sam' } });
    await person('kim', 'admin');
    const token = (changed as { token: string }).token;
    const bearer = auth.issue({ role: 'admin', subject: 'sam' });
    accounts.setDisabled('sam', true);
    expect([auth.verify(token), auth.verify(bearer)]).toEqual([undefined, undefined]);
  });

  it('are listed and ended one by one, and tell those who hold pages open', async () => {
    const first = await person('sam');
    const second = await tokenOf('sam');
    const told: string[] = [];
    auth.onStaffEnded((name) => told.push(name));
    const sessions = accounts.sessions('sam');
    expect(sessions.map(({ agent }) => agent)).toEqual([visitor.agent, visitor.agent]);
    expect(JSON.stringify(sessions)).not.toContain(first.slice(3));
    expect(accounts.endSession('kim', sessions[0]!.id)).toBe(false);
    for (const { id } of sessions) expect(accounts.endSession('sam', id)).toBe(true);
    expect([auth.verify(first), auth.verify(second)]).toEqual([undefined, undefined]);
    expect(told).toEqual(['sam', 'sam']);
  });

  it('of a person end no token of a device with the same name', async () => {
    const { token } = auth.registerDevice({ name: 'sam', kind: 'device' });
    await person('sam');
    const revoked: string[] = [];
    auth.onRevoked((subject) => revoked.push(subject));
    accounts.setRole('sam', 'admin');
    auth.endSession(await tokenOf('sam'));
    expect(auth.verify(token)).toMatchObject({ role: 'device' });
    expect(revoked).toEqual([]);
  });
});

describe('accounts', () => {
  it('have names that can stand in a log, each once', () => {
    for (const bad of ['', 'a b', '../x', 'staff', 'local-commands', 'x'.repeat(61), '<script>', 'endcap']) {
      expect(reasonOf(accounts.add(bad, 'viewer')), bad).toBe('SchemaMismatch');
    }
    expect(reasonOf(accounts.add('Sam', 'viewer'))).toBe('fine');
    expect(reasonOf(accounts.add('sAM', 'viewer'))).toBe('NameTaken');
  });

  it('keep one admin who can log in', async () => {
    await person('sam', 'admin');
    accounts.add('invited', 'admin');
    expect(reasonOf(accounts.setRole('sam', 'viewer'))).toBe('LastAdmin');
    expect(reasonOf(accounts.setDisabled('sam', true))).toBe('LastAdmin');
    await person('kim', 'admin');
    expect(reasonOf(accounts.setRole('sam', 'viewer'))).toBe('fine');
  });

  it('get a password by a link that is good once, for a day, and buys nothing else', async () => {
    const { token } = accounts.add('sam', 'admin') as { token: string };
    expect(auth.verify(token)).toBeUndefined();
    expect(auth.exchange(token)).toBeUndefined();
    expect(reasonOf(await accounts.setPassword(token, 'short', visitor))).toBe('WeakPassword');
    const [one, two] = await Promise.all([
      accounts.setPassword(token, GOOD, visitor),
      accounts.setPassword(token, `${GOOD} two`, visitor),
    ]);
    expect([reasonOf(one), reasonOf(two)].sort()).toEqual(['PasswordLink', 'fine']);
    const late = accounts.reset('sam') as { token: string };
    nowMs += 24 * HOUR_MS;
    expect(reasonOf(await accounts.setPassword(late.token, GOOD, visitor))).toBe('PasswordLink');
    const gone = accounts.reset('sam') as { token: string };
    await person('kim', 'admin');
    accounts.setDisabled('sam', true);
    expect(reasonOf(await accounts.setPassword(gone.token, GOOD, visitor))).toBe('PasswordLink');
  });
});

describe('S1 the claim code', () => {
  const claim = (claims: ReturnType<typeof createClaims>, code: string, name = 'sam', from = '10.0.0.7') =>
    claims.claim({ code, name, password: GOOD }, { address: from });
  const codeOf = (claims: ReturnType<typeof createClaims>): string =>
    (claims.newCode() as { code: string }).code;

  it('is short, readable and unlike any other', () => {
    const claims = createClaims({ accounts, clock });
    const codes = Array.from({ length: 500 }, () => codeOf(claims));
    expect(new Set(codes).size).toBe(500);
    for (const code of codes) expect(code).toMatch(/^[2-9B-DF-HJ-NP-TV-Z]{4}-[2-9B-DF-HJ-NP-TV-Z]{4}$/);
  });

  it('makes one admin, once, however it is typed', async () => {
    const claims = createClaims({ accounts, clock });
    const code = codeOf(claims);
    expect(await claim(claims, ` ${code.toLowerCase().replace('-', ' ')}`)).toMatchObject({
      name: 'sam',
      role: 'admin',
    });
    expect(reasonOf(await claim(claims, code, 'eve'))).toBe('StoreClaimed');
    expect(reasonOf(claims.newCode())).toBe('StoreClaimed');
  });

  it('makes one account when two send it at once', async () => {
    const claims = createClaims({ accounts, clock });
    const code = codeOf(claims);
    const answers = await Promise.all([claim(claims, code, 'sam'), claim(claims, code, 'eve')]);
    expect(answers.map(reasonOf).sort()).toEqual(['ClaimCode', 'fine']);
    expect(accounts.list()).toHaveLength(1);
  });

  it('is good for ten minutes, and void once there is a newer one', async () => {
    const claims = createClaims({ accounts, clock });
    const old = codeOf(claims);
    const code = codeOf(claims);
    expect(reasonOf(await claim(claims, old))).toBe('ClaimCode');
    nowMs += 10 * 60_000 + 1;
    expect(await claim(claims, code)).toMatchObject({
      reason: 'ClaimCode',
      detail: 'the code is past its ten minutes',
    });
    expect(accounts.list()).toEqual([]);
  });

  it('survives a password that is too easy, and ends guessing after ten tries a minute', async () => {
    const claims = createClaims({ accounts, clock });
    const code = codeOf(claims);
    const weak = await claims.claim({ code, name: 'sam', password: 'password1234' }, { address: 'a' });
    expect(reasonOf(weak)).toBe('WeakPassword');
    for (let n = 0; n < 10; n += 1) expect(reasonOf(await claim(claims, `2222-222${n}`))).toBe('ClaimCode');
    expect(reasonOf(await claim(claims, code))).toBe('TooManyRequests');
    expect(reasonOf(await claim(claims, code, 'sam', '10.0.0.8'))).toBe('fine');
  });

  it('is nowhere before the first one, and not in a fresh store', async () => {
    expect(reasonOf(await claim(createClaims({ accounts, clock }), ''))).toBe('ClaimCode');
  });
});
