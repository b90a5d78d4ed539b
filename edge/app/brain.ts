import { type Announced, announce, NOTHING_ANNOUNCED } from '../config/announce.js';
import { createCore } from '../core/index.js';
import { type RunningEngine, startEngine } from '../engine/loop.js';
import { createGate } from '../ingest/gate.js';
import { createMasker, type Masker } from '../ingest/mask/masker.js';
import type { Gate } from '../ports.js';
import type { Foundation } from './foundation.js';

const ANNOUNCED = 'config/announced';

export interface Brain {
  readonly gate: Gate;
  readonly masker: Masker;
  readonly engine: RunningEngine;
}

/** Gate and engine, with the configuration of the store's own files announced to the core. */
export async function startBrain(base: Foundation, onFailure: (error: Error) => void): Promise<Brain> {
  const masker = createMasker({ isProduct: isProductOf(base), isOwnDevice: isOwnDeviceOf(base) });
  const gate = createGate({ ...base, storeId: base.config.policy.store.id, masker });
  const engine = await startEngine({
    ...base,
    createCore,
    onFailure,
    onQueue: (waiting) => base.metrics.queue.set(waiting),
    setAside: async (poison, error) => {
      await gate.quarantine({
        refusal: { reason: 'CoreFailed', detail: error.message },
        channel: 'core',
        topic: poison.event.type,
        device: poison.event.source.split('/').at(-1) ?? 'unknown',
        body: Buffer.from(JSON.stringify(poison.event)),
      });
    },
  });
  await announceConfig(base, gate);
  await engine.idle();
  return { gate, masker, engine };
}

async function announceConfig(base: Foundation, gate: Gate): Promise<void> {
  const before = base.journal.marks().get(ANNOUNCED);
  const known = before === undefined ? NOTHING_ANNOUNCED : (JSON.parse(before) as Announced);
  const { drafts, after } = announce(base.config, base.folder.salt, known);
  if (drafts.length === 0) return;
  await gate.admit(drafts);
  // A crash before the mark announces the same again, which the core takes as no change.
  await base.journal.mark(ANNOUNCED, JSON.stringify(after));
}

function isProductOf({ config }: Foundation): (code: string) => boolean {
  const codes = new Set(
    config.products.flatMap((product) => [
      product.sku,
      ...(product.gtin === undefined ? [] : [product.gtin]),
    ]),
  );
  return (code) => codes.has(code);
}

/** The shop's own equipment, named in store.yaml, may be named in clear. */
function isOwnDeviceOf({ config }: Foundation): (id: string) => boolean {
  const { nodes, screens, shelves } = config.policy;
  const own = new Set(
    [...nodes, ...screens, ...shelves].map(({ id }) => id.replace(/[:.-]/g, '').toLowerCase()),
  );
  return (id) => own.has(id);
}
