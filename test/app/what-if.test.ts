import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askWhatIf } from '../../edge/app/what-if.js';
import type { Campaign } from '../../edge/contracts/index.js';
import { whatIf } from '../../edge/engine/what-if.js';
import { newCore, SECRETS } from '../core/support/core.js';
import { DAY_CAMPAIGNS } from '../replay/day-store.js';
import { SMALL_DAY } from '../replay/days.js';
import { writeDay } from '../support/past-day.js';
import { openPastStore, type PastStore } from '../support/past-store.js';
import { prepareStore } from '../support/store.js';

const ALL = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY };
const nobodyListens = { onProgress: () => undefined, signal: new AbortController().signal };
const dearer = DAY_CAMPAIGNS.map(
  (campaign): Campaign => ({ ...campaign, discount: { percent: 5 }, experiment: { holdout: 0, seed: '-' } }),
);

describe('a what-if in a thread of its own', () => {
  let directory = '';
  let past: PastStore;
  const base = () => ({ ...past.base, secrets: SECRETS });
  beforeEach(async () => {
    directory = prepareStore();
    past = await openPastStore(directory, SMALL_DAY.openMs);
    await writeDay(past, newCore(), { ...SMALL_DAY, shoppers: 20, strangers: 5 });
  });
  afterEach(async () => {
    await past.close();
    rmSync(directory, { recursive: true });
  });

  it('says what the same comparison says here, of persons whose names are sealed on the disk', async () => {
    const here = whatIf({ journal: past.base.journal, createCore: newCore }, { ...ALL, campaigns: dearer });
    expect(here.after.offered).toBeGreaterThan(here.before.offered);
    expect(here.shown.some(({ surface }) => surface === 'phone')).toBe(true);
    const options = { ...ALL, campaigns: dearer };
    expect(await askWhatIf(base(), options, nobodyListens)).toEqual(here);
  });

  it('ends with who asked', async () => {
    const gone = new AbortController();
    const asked = askWhatIf(base(), { ...ALL, campaigns: dearer }, { ...nobodyListens, signal: gone.signal });
    gone.abort();
    expect(await asked).toMatchObject({ reason: 'Busy' });
    const { signal } = gone;
    expect(await askWhatIf(base(), { ...ALL, campaigns: [] }, { ...nobodyListens, signal })).toMatchObject({
      reason: 'Busy',
    });
  });
});
