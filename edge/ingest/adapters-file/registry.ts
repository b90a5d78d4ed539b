import { completeJourney } from './complete-journey/adapter.js';
import { onlineRetail } from './online-retail/adapter.js';
import type { FileAdapter } from './types.js';

/** Every file format that can be replayed. */
export const FILE_ADAPTERS: readonly FileAdapter[] = [onlineRetail, completeJourney];

/** The adapter whose columns a header line names; `undefined` for none. */
export function adapterFor(header: readonly string[]): FileAdapter | undefined {
  const seen = header.map((column) => column.trim().toLowerCase()).join(',');
  return FILE_ADAPTERS.find((adapter) => adapter.columns.join(',').toLowerCase() === seen);
}
