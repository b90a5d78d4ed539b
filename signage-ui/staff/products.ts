import { signal } from '@preact/signals';
import type { TopicData } from '../../edge/contracts/index.js';
import { wholeTopic } from './api.js';

/** Product names by sku, out of the journal's own catalogue. Until they are there, and where they may not be read, skus stand. */
export function createProductNames() {
  const names = signal<ReadonlyMap<string, string>>(new Map());
  let asked = false;
  return {
    /** The name of a product, or the sku itself. */
    nameOf: (sku: string): string => names.value.get(sku) ?? sku,
    async look(): Promise<void> {
      if (asked) return;
      asked = true;
      try {
        const batches = await wholeTopic<TopicData<'hq.catalog'>>('hq.catalog');
        names.value = new Map(
          batches.flatMap(({ products }) => products.map(({ sku, name }) => [sku, name])),
        );
      } catch {
        // A viewer may not read topics; the next visit of the tab asks again.
        asked = false;
      }
    },
  };
}
export type ProductNames = ReturnType<typeof createProductNames>;
