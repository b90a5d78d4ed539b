import type { Action } from './actions.js';
import { ASSUMED } from './assumptions.js';
import type { Scene } from './scene.js';

/** What stands on the shelves, as their sensors see it. An emptied shelf is filled again after a while. */
export function createStock(scene: Scene) {
  const full = new Map(scene.products.map((product) => [product.sku, product.startStock ?? 24]));
  const count = new Map(full);
  const refillAt = new Map<string, number>();
  const changed = new Set(full.keys());
  return {
    count: (sku: string): number => count.get(sku) ?? 0,
    /** Take up to `pieces`; returns how many there were to take. */
    take(sku: string, pieces: number, ms: number): number {
      const there = count.get(sku) ?? 0;
      const taken = Math.min(there, pieces);
      if (taken === 0) return 0;
      count.set(sku, there - taken);
      changed.add(sku);
      if (there === taken) refillAt.set(sku, ms + ASSUMED.refillMs);
      return taken;
    },
    /** Readings of shelves that changed since the last call, and those that were filled. */
    report(ms: number): readonly Action[] {
      for (const [sku, dueMs] of refillAt) {
        if (dueMs > ms) continue;
        refillAt.delete(sku);
        count.set(sku, full.get(sku) ?? 24);
        changed.add(sku);
      }
      const readings = [...changed].flatMap((sku): Action[] => {
        const shelf = scene.shelfOf.get(sku);
        return shelf ? [{ kind: 'shelf', ms, shelf: shelf.id, sku, count: count.get(sku) ?? 0 }] : [];
      });
      changed.clear();
      return readings;
    },
  };
}
export type Stock = ReturnType<typeof createStock>;
