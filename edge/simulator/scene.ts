import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { ListeningNode, Product, Screen, Shelf, StorePolicy, Zone } from '../contracts/index.js';

export type Point = readonly [x: number, y: number];

export interface Placed {
  readonly id: string;
  readonly zone: string;
  readonly at: Point;
}
export interface Rectangle {
  readonly at: Point;
  readonly size: Point;
}

/** The shop as the simulated people and devices see it. */
export interface Scene {
  readonly store: StorePolicy['store'];
  readonly zones: readonly { readonly id: string; readonly corners: readonly Point[] }[];
  readonly nodes: readonly Placed[];
  readonly shelves: readonly (Placed & { readonly skus: readonly string[] })[];
  readonly screens: readonly { readonly id: string; readonly zone: string }[];
  readonly tills: readonly Placed[];
  /** Rows of shelves, which weaken radio. */
  readonly rows: readonly Rectangle[];
  readonly door: Point;
  readonly products: readonly Product[];
  readonly shelfOf: ReadonlyMap<string, Placed>;
}

interface StoreFile {
  readonly store: StorePolicy['store'];
  readonly zones: readonly Zone[];
  readonly nodes?: readonly ListeningNode[];
  readonly screens?: readonly Screen[];
  readonly shelves?: readonly Shelf[];
  readonly fixtures?: StorePolicy['fixtures'];
  readonly products?: string | readonly string[];
}

/**
 * Read store.yaml and its products.
 * @throws Error with what a simulated day needs and the file does not have: places, a till, an entrance
 */
export function readScene(path: string): Scene {
  const file = parse(readFileSync(path, 'utf8')) as StoreFile;
  const products = [file.products ?? []].flat().flatMap((name) => {
    const text = readFileSync(resolve(dirname(path), name), 'utf8');
    return (parse(text) as { products: Product[] }).products;
  });
  return buildScene(file, products);
}

export function buildScene(file: StoreFile, products: readonly Product[]): Scene {
  const zones = file.zones.flatMap(({ id, polygon }) => (polygon ? [{ id, corners: polygon }] : []));
  const shelves = (file.shelves ?? []).flatMap(({ id, zone, at, skus }) =>
    at && skus ? [{ id, zone, at, skus }] : [],
  );
  const nodes = (file.nodes ?? []).flatMap(({ id, zone, at }) => (at ? [{ id, zone, at }] : []));
  const checkout = file.zones.find((zone) => zone.kind === 'checkout');
  const entrance = file.zones.find((zone) => zone.kind === 'entrance')?.polygon;
  const tills = (file.fixtures ?? []).filter((fixture) => fixture.kind === 'till' && fixture.label);
  if (!checkout || !entrance || tills.length === 0) {
    throw new Error(
      'a simulated day needs a zone of kind entrance, one of kind checkout and a till with a label',
    );
  }
  if (zones.length === 0 || nodes.length === 0 || shelves.length === 0 || products.length === 0) {
    throw new Error('a simulated day needs zones with corners, nodes and shelves with a place, and products');
  }
  const shelfOf = new Map(shelves.flatMap((shelf) => shelf.skus.map((sku) => [sku, shelf] as const)));
  const left = Math.min(...entrance.map(([x]) => x));
  const bottom = Math.max(...entrance.map(([, y]) => y));
  return {
    store: file.store,
    zones,
    nodes,
    shelves,
    screens: (file.screens ?? []).map(({ id, zone }) => ({ id, zone })),
    tills: tills.map((till) => ({
      id: tillId(till.label ?? ''),
      zone: checkout.id,
      at: [till.at[0] + till.size[0] + 0.6, till.at[1] + 0.4],
    })),
    rows: (file.fixtures ?? []).filter((fixture) => fixture.kind === 'shelf'),
    door: [left + 4, bottom - 0.6],
    products: products.filter((product) => shelfOf.has(product.sku)),
    shelfOf,
  };
}

/** `Till 1` → `till-1` */
export function tillId(label: string): string {
  return label
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
}

/** Zone of a place, by ray casting; `undefined` outside of all. */
export function zoneAt(scene: Pick<Scene, 'zones'>, [x, y]: Point): string | undefined {
  return scene.zones.find(({ corners }) => {
    let odd = false;
    let [ax, ay] = corners.at(-1) as Point;
    for (const [bx, by] of corners) {
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
      [ax, ay] = [bx, by];
    }
    return odd;
  })?.id;
}
