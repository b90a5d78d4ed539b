import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { type Refusal, RefusalError } from '../contracts/index.js';
import { type CoreSecrets, createCore } from '../core/index.js';
import { type WhatIf, type WhatIfOptions, whatIf } from '../engine/what-if.js';
import { createSeal } from '../ingest/seal.js';
import type { WhatIfProgress } from '../ports.js';
import type { SegmentFile } from '../store/catalogue.js';
import { type JournalFiles, openJournalFiles } from '../store/journal-files.js';

export interface WhatIfOrder extends WhatIfOptions {
  readonly journal: JournalFiles;
  readonly secrets: CoreSecrets;
  /** Keys of the shoppers, who are known in the events only by them. */
  readonly keys: readonly (readonly [sid: string, key: Uint8Array])[];
}
export type FromWhatIf =
  | { readonly kind: 'progress'; readonly progress: WhatIfProgress }
  | { readonly kind: 'damage'; readonly file: SegmentFile }
  | { readonly kind: 'done'; readonly result: WhatIf }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const TELL_EVERY_MS = 200;

const port = parentPort;
if (port === null) throw new Error('a what-if was not started as a thread');
const say = (message: FromWhatIf): void => port.postMessage(message);

const order = workerData as WhatIfOrder;
stepBack();
const keys = new Map(order.keys.map(([sid, key]) => [sid, Buffer.from(key)]));
const seal = createSeal({
  vault: {
    keyOf: (sid) => keys.get(sid),
    knows: (sid) => keys.has(sid),
    sids: () => keys.keys(),
    onCreated: () => undefined,
  },
});
const journal = openJournalFiles(order.journal, { seal, onDamage: (file) => say({ kind: 'damage', file }) });
let toldMs = performance.now();
try {
  const result = whatIf({ journal, createCore: () => createCore(order.secrets), onPage: tell }, order);
  say({ kind: 'done', result });
} catch (error) {
  if (!(error instanceof RefusalError)) throw error;
  say({ kind: 'refused', refusal: error.refusal });
} finally {
  journal.close();
}

function tell(events: number, recordedtime: string): void {
  if (performance.now() - toldMs < TELL_EVERY_MS) return;
  toldMs = performance.now();
  say({ kind: 'progress', progress: { events, at: recordedtime, share: shareOf(recordedtime) } });
}

/** By offsets nobody knows where the range ends, by time it is known. */
function shareOf(recordedtime: string): number {
  const [first] = journal.read({ after: 0, limit: 1 });
  const [last] = journal.read({ after: order.journal.lastOffset - 1, limit: 1 });
  const [fromMs, lastMs, nowMs] = [first, last]
    .map((found) => Date.parse(found?.event.recordedtime ?? recordedtime))
    .concat(Date.parse(recordedtime)) as [number, number, number];
  const untilMs = Math.min(order.untilMs, lastMs);
  return untilMs <= fromMs ? 1 : Math.min(1, Math.round(((nowMs - fromMs) / (untilMs - fromMs)) * 100) / 100);
}

/** On Linux a thread has a priority of its own: whoever decides and acknowledges goes first. */
function stepBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A system that does not allow it shares its cores evenly.
  }
}
