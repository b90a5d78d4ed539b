import { expect, test } from 'vitest';
import { anEvent, openJournal, temporaryDirectory } from '../../store/journal-support.js';
import { sized } from '../../support/promise.js';

const EVENTS = sized({ q: 200_000, n: 6_500_000 });
const MIB = 1024 * 1024;

/** D5, the journal's half: a long time without HQ, then a crash. */
test(`${EVENTS} unsent events: opens within 5 s, knows where it stands, and the lanes are read page by page`, {
  timeout: 3_600_000,
}, async () => {
  const directory = temporaryDirectory();
  const options = { directory, inProcess: true, segmentBytesMax: 16 * MIB };
  const journal = await openJournal(options);
  let written = 0;
  while (written < EVENTS) {
    const events = Array.from({ length: 500 }, (_, index) =>
      index % 5 === 0
        ? anEvent('audit.entry', { by: 'till', action: 'sale', target: `${written + index}` })
        : anEvent('device.online', { device: `d${written + index}`, kind: 'shelf', reason: 'x'.repeat(100) }),
    );
    await journal.append(events);
    written += events.length;
  }
  const { segments, lastOffset } = journal.stats();
  await journal.close();
  const began = performance.now();
  const again = await openJournal({ ...options, inProcess: false });
  const openMs = Math.round(performance.now() - began);
  const head = again.stats().lanes.map((lane) => lane.head);
  const read = performance.now();
  let records = 0;
  for (let after = 0; ; ) {
    const page = again.readLane('P2', after, 500, MIB);
    if (page.length === 0) break;
    records += page.length;
    after = page.at(-1)?.sequence ?? after;
  }
  const rate = Math.round(records / ((performance.now() - read) / 1_000));
  console.log(
    `D5 journal half: ${EVENTS} events in ${segments} segments, open ${openMs} ms, lane read ${rate}/s`,
  );
  expect(openMs).toBeLessThan(5_000);
  expect(again.stats().lastOffset).toBe(lastOffset);
  expect(head).toEqual([written / 5, 0, (written / 5) * 4, 0]);
  expect(records).toBe((written / 5) * 4);
  expect(segments).toBeGreaterThan(4);
});
