import { describe, expect, it } from 'vitest';
import { boundsOf, instantOf, localOf } from '../../signage-ui/staff/journal/time-range.js';

const DUBLIN = 'Europe/Dublin';
const iso = (local: string, zone = DUBLIN): string =>
  new Date(instantOf(local, zone) ?? Number.NaN).toISOString();
const range = (kind: 'any' | 'hour' | 'today' | 'yesterday' | 'own', from = '', to = '') => ({
  kind,
  from,
  to,
});

describe('ranges of the store’s own clock', () => {
  it('are instants, in summer and in winter and beside the date line', () => {
    expect(iso('2026-06-18T14:03')).toBe('2026-06-18T13:03:00.000Z');
    expect(iso('2026-11-23T14:03')).toBe('2026-11-23T14:03:00.000Z');
    expect(iso('2026-11-23T01:00', 'Pacific/Kiritimati')).toBe('2026-11-22T11:00:00.000Z');
    expect(iso('2026-11-23T23:30', 'Pacific/Pago_Pago')).toBe('2026-11-24T10:30:00.000Z');
    expect(iso('2026-11-23T05:15', 'Asia/Kathmandu')).toBe('2026-11-22T23:30:00.000Z');
  });

  it('take the hour that comes twice at its first coming, and the one that is skipped after the skip', () => {
    expect(iso('2026-10-25T01:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(iso('2026-03-29T01:30')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('begin today and yesterday at the store’s midnight, also on the days of 23 and 25 hours', () => {
    const now = Date.parse('2026-03-30T09:00:00Z');
    expect(boundsOf(range('today'), now, DUBLIN)).toEqual({ from: '2026-03-29T23:00:00.000Z' });
    expect(boundsOf(range('yesterday'), now, DUBLIN)).toEqual({
      from: '2026-03-29T00:00:00.000Z',
      to: '2026-03-29T23:00:00.000Z',
    });
    expect(boundsOf(range('hour'), now, DUBLIN)).toEqual({ from: '2026-03-30T08:00:00.000Z' });
    expect(boundsOf(range('any'), now, DUBLIN)).toEqual({});
  });

  it('may be open on one side, and refuse an end before the beginning', () => {
    expect(boundsOf(range('own', '2026-06-18T14:00'), 0, DUBLIN)).toEqual({
      from: '2026-06-18T13:00:00.000Z',
    });
    expect(boundsOf(range('own', '', 'nonsense'), 0, DUBLIN)).toEqual({});
    expect(boundsOf(range('own', '2026-06-18T14:00', '2026-06-18T13:00'), 0, DUBLIN)).toEqual({
      wrong: true,
    });
    expect(localOf(Date.parse('2026-06-18T13:03:27Z'), DUBLIN)).toBe('2026-06-18T14:03');
  });
});
