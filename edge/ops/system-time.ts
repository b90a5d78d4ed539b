import { existsSync } from 'node:fs';
import type { SystemTime } from './clock.js';

/** systemd-timesyncd leaves this file once a time server has answered; chrony and ntpd units leave the second. */
const SYNCHRONISED_MARKS = ['/run/systemd/timesync/synchronized', '/run/chrony/chronyd.sock'];

/** The machine's clocks. The only place of the store that reads them. */
export const systemTime: SystemTime = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  synchronised: () => SYNCHRONISED_MARKS.some((path) => existsSync(path)),
};
