import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dataschemaOf, isType, type JournalledEvent } from '../../../edge/contracts/index.js';
import { DAYS_FOLDER, fromLines } from '../../replay/days.js';
import { newCore } from '../support/core.js';

/** A recorded day with shoppers who walked, bought, and hold coupons. */
const day = fromLines<JournalledEvent>(readFileSync(new URL('small/input.ndjson', DAYS_FOLDER), 'utf8'));
const last = day.at(-1)!;
const sids = [
  ...new Set(
    day.flatMap(({ event }) =>
      isType(event, 'consent.receipt') && event.data.granted ? [event.data.sid] : [],
    ),
  ),
];

function erasureOf(sid: string, nth: number): JournalledEvent {
  return {
    offset: last.offset + 1 + nth,
    event: {
      ...{ specversion: '1.0', id: `r-${nth}`, source: '/store/s/desk', type: 'erasure.done' },
      ...{
        recordedtime: last.event.recordedtime,
        partitionkey: sid,
        dataschema: dataschemaOf('erasure.done'),
      },
      data: { receiptId: `r-${nth}`, sid, asked: 'desk' },
    } as JournalledEvent['event'],
  };
}

function coreAtEvening() {
  const core = newCore();
  for (const event of day) core.step(event);
  return core;
}

/** The state without the list of who is gone. */
function namesIn(core: ReturnType<typeof coreAtEvening>): string {
  const state = JSON.parse(core.serialise());
  state.slices.consent.erased = [];
  return JSON.stringify(state);
}

describe('a core that is told that a person was erased', () => {
  it('names them in no slice of its state, whatever they did that day', () => {
    const core = coreAtEvening();
    expect(sids.length).toBeGreaterThanOrEqual(3);
    for (const sid of sids) expect(namesIn(core)).toContain(sid);
    sids.forEach((sid, nth) => {
      core.step(erasureOf(sid, nth));
      expect(namesIn(core), sid).not.toContain(sid);
      expect(core.views.knowsShopper(sid)).toBe(false);
    });
  });

  it('leaves what was sold and counted as it was, and the others as they are', () => {
    const [core, erased] = [coreAtEvening(), coreAtEvening()];
    const [gone, ...others] = sids;
    erased.step(erasureOf(gone!, 0));
    const atMs = Date.parse(last.event.recordedtime);
    const counted = (of: typeof core) => of.views.staff(atMs).figures;
    expect(counted(erased)).toEqual(counted(core));
    for (const sid of others) expect(erased.views.shopper(sid, atMs)).toEqual(core.views.shopper(sid, atMs));
  });

  it('does not know them again by a receipt that comes late', () => {
    const core = coreAtEvening();
    const sid = sids[0]!;
    core.step(erasureOf(sid, 0));
    const late = day.find(({ event }) => isType(event, 'consent.receipt') && event.data.sid === sid)!;
    core.step({ ...late, offset: last.offset + 2 });
    expect(core.views.knowsShopper(sid)).toBe(false);
    expect(core.views.consented(sid, 'location', Date.parse(last.event.recordedtime))).toBe(false);
  });

  it('is the same state after it was put away and taken up', () => {
    const core = coreAtEvening();
    core.step(erasureOf(sids[0]!, 0));
    expect(newCore(core.serialise()).serialise()).toBe(core.serialise());
  });
});
