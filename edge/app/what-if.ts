import type { Worker } from 'node:worker_threads';
import type { Refusal } from '../contracts/index.js';
import type { CoreSecrets } from '../core/index.js';
import type { WhatIf, WhatIfOptions } from '../engine/what-if.js';
import type { WhatIfWatch } from '../ports.js';
import { startThread } from '../store/thread.js';
import type { Foundation } from './foundation.js';
import type { FromWhatIf, WhatIfOrder } from './what-if-thread.js';

/** Two states of a store and a page of events; the young generation is large enough that no page outlives it. */
const MEMORY = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 512 };

const NOBODY_WAITS: Refusal = { reason: 'Busy', detail: 'who asked has gone' };

/**
 * A what-if in a thread of its own, on the journal as it is now: it takes a core for as long as it lasts, and none of
 * the event loop. Ends with who asked.
 */
export function askWhatIf(
  { journal, vault, secrets }: Pick<Foundation, 'journal' | 'vault'> & { readonly secrets: CoreSecrets },
  options: WhatIfOptions,
  watch: WhatIfWatch,
): Promise<WhatIf | Refusal> {
  if (watch.signal.aborted) return Promise.resolve(NOBODY_WAITS);
  const keys = [...vault.sids()].flatMap((sid) => {
    const key = vault.keyOf(sid);
    return key === undefined ? [] : [[sid, key] as const];
  });
  const order: WhatIfOrder = { ...options, journal: journal.files(), keys, secrets };
  const thread = startThread(new URL('./what-if-thread.js', import.meta.url), {
    workerData: order,
    resourceLimits: MEMORY,
  });
  return answerOf(thread, { journal, watch }).finally(() => thread.terminate());
}

function answerOf(
  thread: Worker,
  { journal, watch }: Pick<Foundation, 'journal'> & { readonly watch: WhatIfWatch },
): Promise<WhatIf | Refusal> {
  return new Promise((resolve, reject) => {
    watch.signal.addEventListener('abort', () => resolve(NOBODY_WAITS), { once: true });
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the thread of a what-if has ended')));
    thread.on('message', (message: FromWhatIf) => {
      switch (message.kind) {
        case 'progress':
          watch.onProgress(message.progress);
          break;
        case 'damage':
          journal.mend(message.file);
          break;
        case 'done':
          resolve(message.result);
          break;
        case 'refused':
          resolve(message.refusal);
          break;
      }
    });
  });
}
