import { existsSync } from 'node:fs';
import type { SystemTime } from './clock.js';

/** systemd-timesyncd leaves this file once a time server has answered; chrony and ntpd units leave the second. */
const SYNCHRONISED_MARKS = ['/run/systemd/timesync/synchronized', '/run/chrony/chronyd.sock'];

const LOOK_EVERY_MS = 5_000;

/** The machine's clocks. The only place of the store that reads them. */
export function createSystemTime(): SystemTime {
  let synchronised = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  return {
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    synchronised() {
      // Asked for every event; the file system is not.
      if (performance.now() - lookedAtMs >= LOOK_EVERY_MS) {
        lookedAtMs = performance.now();
        synchronised = SYNCHRONISED_MARKS.some((path) => existsSync(path));
      }
      return synchronised;
    },
  };
}
