import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  Campaign,
  CatalogBatch,
  type ListeningNode,
  misfit,
  type Product,
  type Screen,
  type Shelf,
  StorePolicy,
  type Zone,
} from '../../edge/contracts/index.js';

const read = (file: string) =>
  parse(readFileSync(new URL(`../../deploy/demo/${file}`, import.meta.url), 'utf8'));
const store = read('store.yaml');
const products: Product[] = read('products.yaml').products;
const campaigns: Campaign[] = read('campaigns.yaml').campaigns;

type Point = readonly [number, number];
/** Ray casting; a point on an edge may fall on either side. */
function inside([x, y]: Point, corners: readonly Point[]): boolean {
  let odd = false;
  corners.forEach(([ax, ay], index) => {
    const [bx, by] = corners[(index + corners.length - 1) % corners.length]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  });
  return odd;
}
const zoneCorners = new Map<string, readonly Point[]>(
  store.zones.map((zone: Zone) => [zone.id, zone.polygon]),
);

describe('demo store', () => {
  it('fits the schemas', () => {
    const policy = { ...store, consentDays: 365, offline: { maxValueMinor: 500 } };
    expect(misfit(StorePolicy, policy)).toBeUndefined();
    expect(misfit(CatalogBatch, { products })).toBeUndefined();
    for (const campaign of campaigns) expect(misfit(Campaign, campaign), campaign.id).toBeUndefined();
    expect([products.length, campaigns.length, store.screens.length]).toEqual([40, 10, 7]);
  });

  it('names only zones, screens and products that exist', () => {
    const skus = new Set(products.map((product) => product.sku));
    const categories = new Set(products.map((product) => product.category));
    const screens = new Set(store.screens.map((screen: Screen) => screen.id));
    for (const { id, products: chosen, where } of campaigns) {
      for (const sku of chosen.skus ?? []) expect(skus, id).toContain(sku);
      if (chosen.category !== undefined) expect(categories, id).toContain(chosen.category);
      for (const zone of where.zones ?? []) expect([...zoneCorners.keys()], id).toContain(zone);
      for (const screen of where.screens ?? []) expect(screens, id).toContain(screen);
    }
    const shelved = store.shelves.flatMap((shelf: Shelf) => shelf.skus ?? []);
    expect([...shelved].sort()).toEqual([...skus].sort());
    expect(new Set(products.map((product) => product.gtin)).size).toBe(products.length);
  });

  it('stands inside its own floor plan', () => {
    const placed: (ListeningNode | Screen | Shelf)[] = [...store.nodes, ...store.screens, ...store.shelves];
    for (const thing of placed) {
      expect(inside(thing.at!, zoneCorners.get(thing.zone)!), `${thing.id} in ${thing.zone}`).toBe(true);
    }
    for (const { at, size } of store.fixtures) {
      expect(at[0] + size[0]).toBeLessThanOrEqual(store.plan.widthM);
      expect(at[1] + size[1]).toBeLessThanOrEqual(store.plan.heightM);
    }
  });

  it('has GTINs with a right check digit', () => {
    for (const { gtin, sku } of products) {
      const digits = [...gtin!].map(Number);
      const sum = digits.reduce((total, digit, index) => total + digit * (index % 2 ? 3 : 1), 0);
      expect(sum % 10, sku).toBe(0);
    }
  });
});
