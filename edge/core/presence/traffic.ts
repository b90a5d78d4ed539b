import type { StoreEvent } from '../../contracts/index.js';
import type { Step } from '../step.js';
import { countThroughDoor } from './minutes.js';

/** A late report may still speak of an earlier boot; older ones than these are not told apart any more. */
const BOOTS_HELD = 8;

/**
 * A people counter reported its totals since boot. The total of a boot is the highest it ever reported, so that
 * repeats and reports out of order change nothing; a new boot starts again from zero.
 */
export function takeTraffic(step: Step, event: StoreEvent<'presence.traffic'>): void {
  const { zone, boot } = event.data;
  const { counters, flow } = step.state.presence;
  const key = `${zone}|${event.source}`;
  const boots = counters.get(key) ?? [];
  counters.set(key, boots);
  let row = boots.find((candidate) => candidate.boot === boot);
  if (row === undefined) {
    row = { boot, in: 0, out: 0 };
    boots.push(row);
    if (boots.length > BOOTS_HELD) boots.shift();
  }
  const entered = Math.max(0, event.data.in - row.in);
  const left = Math.max(0, event.data.out - row.out);
  row.in += entered;
  row.out += left;
  if (entered === 0 && left === 0) return;
  const sum = flow.get(zone) ?? { in: 0, out: 0 };
  flow.set(zone, { in: sum.in + entered, out: sum.out + left });
  if (entered > 0) countThroughDoor(step, zone, entered);
}
