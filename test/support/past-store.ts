import { join } from 'node:path';
import { type Foundation, layFoundation } from '../../edge/app/foundation.js';
import { loadConfig } from '../../edge/config/load.js';

/** What a store stands on, open on a folder in a time that lies behind. */
export interface PastStore {
  readonly base: Foundation;
  /** Never back. */
  moveTo(ms: number): void;
  close(): Promise<void>;
}

/** Data folder, vault and journal as the program opens them, with a clock that stands until it is moved. */
export async function openPastStore(directory: string, startMs: number): Promise<PastStore> {
  let nowMs = startMs;
  const config = loadConfig(join(directory, 'store.yaml'), { ENDCAP_DATA: join(directory, 'data') });
  const system = { wallMs: () => nowMs, monotonicMs: () => nowMs, synchronised: () => true };
  const base = await layFoundation({ config, logLevel: 'error', system });
  return {
    base,
    moveTo(ms) {
      nowMs = Math.max(nowMs, ms);
    },
    async close() {
      await base.journal.close();
      base.vault.close();
      base.folder.release();
    },
  };
}
