import type { FixtureStore } from './fixture-store.js';
import { iso } from './samples.js';

/** Answers about accounts and who did what, at a moment of the day. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function usersNow(atMs: number) {
  const user = (name: string, role: string, days: number, state = 'good') => ({
    ...{ name, role, state, created: iso(atMs - days * DAY) },
  });
  return [
    user('maeve', 'admin', 210),
    user('sam.doyle', 'store-manager', 180),
    user('aoife', 'associate', 64),
    user('kim', 'associate', 0, 'invited'),
    user('tomasz', 'media-manager', 31),
    user('head-office', 'viewer', 12, 'disabled'),
  ];
}

export function auditNow(atMs: number) {
  const rows: readonly (readonly [string, string, string, string, (string | undefined)?, string?])[] = [
    ['aoife', 'associate', 'stop', 'campaign oat-drink', 'wrong price on the shelf'],
    ['maeve', 'admin', 'user.add', 'kim', undefined, 'As associate'],
    ['maeve', 'admin', 'user.disable', 'head-office', 'no longer with the company'],
    ['sam.doyle', 'store-manager', 'stock.count', 'DRK-1002, shelf-b2', undefined, 'Counted 24 → 26'],
    ['sam.doyle', 'store-manager', 'device.revoke', 'old-scale', 'taken down'],
    ['local-commands', 'admin', 'journal.backup', '2026-06-17T02-00-00-000Z'],
    [
      'aoife',
      'associate',
      'journal.export',
      '{"format":"csv","type":"pos.transaction"}',
      undefined,
      'NotAllowed',
    ],
    ['kim', 'associate', 'session.start', '192.0.2.7', undefined, `ByLink; NotedLate ${iso(atMs)}`],
  ];
  return rows.map(([by, role, action, target, reason, detail], place) => ({
    ...{ n: 412 - place, at: iso(atMs - (place * 47 + 3) * MINUTE), by, role, action, target },
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail }),
    outcome: place === 6 ? 'refused' : 'done',
  }));
}

/** Have the fixture store answer the calls of People and the audit log. */
export function servePeople(store: FixtureStore, atMs: number): void {
  store.answer('GET', /^\/v1\/users$/, () => ({ users: usersNow(atMs) }));
  store.answer('GET', /^\/v1\/users\/.*sessions/, () => ({
    sessions: [
      { id: '1', since: iso(atMs - 2 * HOUR), seen: iso(atMs - MINUTE), agent: 'Firefox on Linux' },
      { id: '2', since: iso(atMs - 26 * HOUR), seen: iso(atMs - 3 * HOUR), agent: '' },
    ],
  }));
  store.answer('GET', /^\/v1\/audit\?/, () => ({ entries: auditNow(atMs), next: 405 }));
  store.answer('GET', /^\/v1\/audit\/verify/, () => ({ entries: 412, findings: [] }));
}
