import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RefusalError } from '../../../edge/contracts/index.js';
import { createAuth, type StoreAuth } from '../../../edge/serve/auth/auth.js';
import { shopperLink, staffLink } from '../../../edge/serve/auth/links.js';

let folder: string;
let nowMs = 0;
let auth: StoreAuth;
const opened: StoreAuth[] = [];
const open = (mode: 'required' | 'open' = 'required', listeners = ['127.0.0.1']): StoreAuth => {
  const made = createAuth({ folder, clock: { nowMs: () => nowMs }, mode, listeners });
  opened.push(made);
  return made;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-auth-'));
  nowMs = Date.parse('2026-11-23T09:00:00Z');
  auth = open();
});
afterEach(() => {
  for (const made of opened.splice(0)) made.close();
  rmSync(folder, { recursive: true });
});

describe('S1 no anonymous access, no default secret', () => {
  it('knows nobody at first, and two fresh installs share nothing', () => {
    expect(auth.verify('')).toBeUndefined();
    expect(auth.verify('ec_admin')).toBeUndefined();
    expect(auth.devices()).toEqual([]);
    const one = auth.issue({ role: 'admin', subject: 'staff' });
    const two = auth.issue({ role: 'admin', subject: 'staff' });
    expect(one).not.toBe(two);
    expect(Buffer.from(one.slice(3), 'base64url')).toHaveLength(32);
  });

  it('logs staff in once, within ten minutes of the start', () => {
    const token = staffLink(auth, 'http://127.0.0.1:8080').split('token=')[1]!;
    expect(auth.exchange(token)?.principal).toEqual({ role: 'admin', subject: 'staff' });
    expect(auth.exchange(token)).toBeUndefined();
    const late = staffLink(auth, 'http://127.0.0.1:8080').split('token=')[1]!;
    nowMs += 10 * 60_000;
    expect(auth.exchange(late)).toBeUndefined();
  });

  it('refuses `open` where others can reach a listener', () => {
    expect(() => open('open', ['127.0.0.1', '0.0.0.0'])).toThrow(/only for loopback.*0\.0\.0\.0/);
    expect(() => open('open', ['192.168.1.5'])).toThrow();
    expect(open('open', ['127.0.0.1', '::1', 'localhost']).verify('')).toEqual({
      role: 'admin',
      subject: 'open',
    });
    expect(auth.verify('')).toBeUndefined();
  });
});

describe('S4 tokens', () => {
  it('knows a token again after a restart, and not one letter of another', () => {
    const token = auth.issue({ role: 'till', subject: 'till-1' });
    const again = open();
    expect(again.verify(token)).toEqual({ role: 'till', subject: 'till-1' });
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(again.verify(token.slice(0, at) + other + token.slice(at + 1))).toBeUndefined();
    }
  });

  it('refuses expired, revoked, used and foreign ones', () => {
    const expired = auth.issue({ role: 'viewer', subject: 'v' }, { expiresInS: 60 });
    expect(auth.verify(expired)).toBeDefined();
    nowMs += 60_000;
    expect(auth.verify(expired)).toBeUndefined();
    const { id, token } = auth.registerDevice({ name: 'Node 1', kind: 'device' });
    const told: string[] = [];
    auth.onRevoked((subject) => told.push(subject));
    auth.revoke(id);
    expect(auth.verify(token)).toBeUndefined();
    expect(told).toEqual([id]);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"role":"admin"}').toString('base64url')}.`;
    expect(auth.verify(unsigned)).toBeUndefined();
  });

  it('takes a single-use token for logging in only', () => {
    const token = shopperLink(auth, 'http://x', 's_0123456789abcdef').split('token=')[1]!;
    expect(auth.verify(token)).toBeUndefined();
    const session = auth.exchange(token)!;
    expect(auth.verify(session.token)).toEqual({ role: 'shopper', subject: 's_0123456789abcdef' });
    expect(auth.exchange(session.token)).toBeUndefined();
    auth.endSession(session.token);
    expect(auth.verify(session.token)).toBeUndefined();
  });

  it('gives devices and tills no browser session', () => {
    expect(auth.exchange(auth.issue({ role: 'till', subject: 'till-1' }))).toBeUndefined();
    expect(auth.exchange(auth.issue({ role: 'device', subject: 'node-1' }))).toBeUndefined();
  });
});

describe('devices', () => {
  it('keep their name as id where it can be one, else a slug, and never one that is taken', () => {
    const id = (name: string): string => auth.registerDevice({ name, kind: 'device' }).id;
    expect(id('beverages-1')).toBe('beverages-1');
    expect(id('beverages-1')).toBe('beverages-1-2');
    expect(id('Regal Süd #3')).toBe('Regal-Su-d-3');
    expect(id('+/#')).toBe('device');
    expect(id('endcap')).toBe('device-endcap');
  });

  it('may speak for further ids', () => {
    const { id } = auth.registerDevice({ name: 'gateway', kind: 'device', speaksFor: ['shelf-1'] });
    const gateway = { role: 'device', subject: id } as const;
    expect(auth.mayPublish(gateway, 'endcap/v1/shelf/shelf-1')).toBe(true);
    expect(auth.mayPublish(gateway, 'endcap/v1/shelf/shelf-2')).toBe(false);
    expect(open().mayPublish(gateway, 'endcap/v1/shelf/shelf-1')).toBe(true);
  });

  it('refuse a subject that would be a wildcard or a level of its own', () => {
    for (const subject of ['+', '#', 'a/b', '', 'endcap', 'a b']) {
      expect(() => auth.issue({ role: 'device', subject })).toThrow(RefusalError);
    }
  });
});

describe('S19 secrets', () => {
  it('writes hashes only, into files that nobody else may read', () => {
    const tokens = [
      auth.issue({ role: 'admin', subject: 'staff' }),
      auth.registerDevice({ name: 'n', kind: 'till' }).token,
    ];
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      expect(statSync(file).mode & 0o777, name).toBe(0o600);
      const bytes = readFileSync(file);
      for (const token of tokens) {
        expect(bytes.includes(token)).toBe(false);
        expect(bytes.includes(Buffer.from(token.slice(3), 'base64url'))).toBe(false);
      }
    }
  });
});
