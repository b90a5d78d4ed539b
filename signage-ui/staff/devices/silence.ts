import type { DeviceRow } from '../desk/api.js';

/** A people counter tells its totals by the minute; others speak when there is something to say. */
const COUNTER_SILENT_MS = 15 * 60_000;

/** Since when a device should have spoken and has not; nothing where silence is no failure. */
export function silentSince(row: DeviceRow, storeMs: number): string | undefined {
  if (row.up === false) return row.upSince ?? row.heardAt;
  if (row.kind !== 'counter' || row.heardAt === undefined) return undefined;
  return storeMs - Date.parse(row.heardAt) > COUNTER_SILENT_MS ? row.heardAt : undefined;
}
