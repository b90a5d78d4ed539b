import { describe, expect, it } from 'vitest';
import type { AlarmCode } from '../../edge/contracts/index.js';
import { sumOf } from '../../signage-ui/staff/health/things.js';
import { healthNow } from './support/desk-samples.js';
import { link } from './support/staff-samples.js';

const NOW = Date.parse('2026-06-18T13:03:27Z');
const certificate = (state: 'good' | 'ending' | 'ended' | 'revoked' | 'replaced') => ({
  ...{ kind: 'pages', serial: '1', subject: 'store.local', notAfter: '2026-07-01T00:00:00Z', state },
});
const alarm = (code: AlarmCode) => ({ code, text: code, since: '2026-06-18T13:00:00Z' });
const calm = { health: healthNow(NOW), link: link(NOW), alarms: [], certificates: [certificate('good')] };

describe('the headline of Health', () => {
  it('says that all is well only when nothing below needs anybody', () => {
    expect(sumOf(calm)).toEqual({ tone: 'good', amount: 0 });
    expect(sumOf({ ...calm, certificates: [certificate('replaced'), certificate('revoked')] }).amount).toBe(
      0,
    );
  });

  it.each([
    ['a certificate that ends', { certificates: [certificate('ending')] }],
    ['one that has ended', { certificates: [certificate('ended')] }],
    ['a link that is away', { link: link(NOW, { state: 'offline' }) }],
    ['a clock in doubt', { health: healthNow(NOW, { clock: { doubt: 'it was set back' } }) }],
    ['decisions that wait', { health: healthNow(NOW, { engine: { waiting: 5_000 } }) }],
    ['a disk with little room', { health: healthNow(NOW, { disk: { freeBytes: 8, totalBytes: 100 } }) }],
    ['an alarm', { alarms: [alarm('PushUnreachable')] }],
  ])('counts %s', (_, more) => {
    expect(sumOf({ ...calm, ...more })).toEqual({ tone: 'look', amount: 1 });
  });

  it('is as red as the worst, and counts a figure and its alarm once', () => {
    const { journal } = healthNow(NOW);
    const full = healthNow(NOW, { journal: { ...journal, bytes: journal.quotaBytes } });
    const now = {
      ...calm,
      health: full,
      alarms: [alarm('QuotaReached')],
      certificates: [certificate('ending')],
    };
    expect(sumOf(now)).toEqual({ tone: 'act', amount: 2 });
  });
});
