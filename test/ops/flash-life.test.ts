import { expect, it } from 'vitest';
import { flashFinding, flashUse } from '../../edge/cli/doctor-flash.js';

const GB = 1_000_000_000;
const HOUR_S = 3_600;

it('says how long a disk of an assumed quality lasts, and that it is assumed', () => {
  const finding = flashFinding({ writtenBytes: 0.5 * GB, upS: 6 * HOUR_S, diskBytes: 32 * GB });
  expect(finding.seen).toBe(
    '2.0 GB written a day, measured over 6.0 h; a disk of 32.0 GB that takes 1,000 full writes (assumed; set limits.flashTerabytes) lasts 43.8 years from new',
  );
  expect(finding.cure).toBeUndefined();
});

it('goes by what the maker says, and names the disk that would do when it ends within five years', () => {
  const use = { writtenBytes: 20 * GB, upS: 24 * HOUR_S, diskBytes: 32 * GB };
  expect(flashFinding({ ...use, ratedTerabytes: 50 }).cure).toBeUndefined();
  const short = flashFinding({ ...use, ratedTerabytes: 20 });
  expect(short.seen).toContain('a disk rated for 20 TB lasts 2.7 years');
  expect(short.cure).toContain('rated for 37 TB or more');
});

it('says nothing of years in the first hour', () => {
  expect(flashFinding({ writtenBytes: GB, upS: 600, diskBytes: 32 * GB }).seen).toMatch(/^known once/);
});

it('reads what the kernel counted, and leaves it out where it does not say', () => {
  const asked = { upS: 10, folder: '/', ratedTerabytes: undefined };
  const use = flashUse(process.pid, asked);
  expect(use?.writtenBytes).toBeGreaterThanOrEqual(0);
  expect(use?.diskBytes).toBeGreaterThan(GB);
  expect(flashUse(2 ** 22 + 1, asked)).toBeUndefined();
});
