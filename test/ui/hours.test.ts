import { describe, expect, it } from 'vitest';
import { hoursNow } from '../../signage-ui/staff/hours.js';

const SHOP = { opensAt: '08:00', closesAt: '21:00' };

describe('opening hours in the head of the staff page', () => {
  it('say until when the store is open or closed', () => {
    expect(hoursNow(SHOP, '07:59')).toEqual({ open: false, until: '08:00' });
    expect(hoursNow(SHOP, '08:00')).toEqual({ open: true, until: '21:00' });
    expect(hoursNow(SHOP, '20:59')).toEqual({ open: true, until: '21:00' });
    expect(hoursNow(SHOP, '21:00')).toEqual({ open: false, until: '08:00' });
  });

  it('run over midnight where the store does', () => {
    const kiosk = { opensAt: '18:00', closesAt: '02:00' };
    expect(hoursNow(kiosk, '23:56')).toEqual({ open: true, until: '02:00' });
    expect(hoursNow(kiosk, '01:59')).toEqual({ open: true, until: '02:00' });
    expect(hoursNow(kiosk, '02:00')).toEqual({ open: false, until: '18:00' });
  });

  it('say nothing that nobody told', () => {
    expect(hoursNow({ closesAt: '21:00' }, '12:00')).toBeUndefined();
    expect(hoursNow({}, '12:00')).toBeUndefined();
  });
});
