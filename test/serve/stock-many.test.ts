import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Product, StockNow } from '../../edge/contracts/index.js';
import { startTestStore, type TestStore } from './support.js';

/** A shop with many products: each can be found, and its list has an end. */
const MANY = 20_000;
const PAGE = 500;
const nameAt = (place: number): string => `Pressé ${place} ice-cold`;

let store: TestStore;
let token: string;
beforeAll(async () => {
  store = await startTestStore((config) => {
    const [sample] = config.products;
    const products = Array.from(
      { length: MANY },
      (_, place): Product => ({
        ...sample!,
        ...{ sku: `SKU-${String(place).padStart(6, '0')}`, name: nameAt(place), size: '750 ml' },
        ...{ category: place % 2 === 0 ? 'even' : 'odd', art: 'none' },
      }),
    );
    return { ...config, products };
  });
  token = store.token('associate');
  const data = { shelf: 'shelf-far', sku: 'SKU-019999', count: 3 };
  await store.app.gate.admit([{ type: 'shelf.reading', device: 'shelf-far', data }]);
  await store.app.engine.idle();
}, 60_000);
afterAll(() => store.remove());

const stock = async (query: string): Promise<{ total: number; products: StockNow[] }> =>
  (await store.call(`/v1/stock?${query}`, { token })).body;
const skus = async (query: string): Promise<string[]> => (await stock(query)).products.map(({ sku }) => sku);

it('the list has pages to the very last product', async () => {
  const names = Array.from({ length: MANY }, (_, place) => nameAt(place)).sort();
  for (const skip of [0, PAGE, 10_000, MANY - PAGE, MANY - 1]) {
    const { total, products } = await stock(`limit=${PAGE}&skip=${skip}`);
    expect([total, products.map(({ name }) => name)]).toEqual([MANY, names.slice(skip, skip + PAGE)]);
  }
  expect((await stock(`skip=${MANY}`)).products).toEqual([]);
});

it.each([
  ['its number', 'q=sku-019998', 'SKU-019998'],
  ['words of its name in any order, without the accent', 'q=ICE%20presse%2012345', 'SKU-012345'],
  ['its name and its category', 'q=12345%20odd', 'SKU-012345'],
  ['its shelf', 'q=shelf-far', 'SKU-019999'],
])('finds a product by %s', async (_what, query, sku) => {
  const { total, products } = await stock(query);
  expect([total, products[0]?.sku]).toEqual([1, sku]);
});

it('the product whose whole number was typed comes first', async () => {
  const [first] = await skus('q=sku-000010&sort=name');
  expect(first).toBe('SKU-000010');
  const { total } = await stock('q=presse%2010');
  expect(total).toBeGreaterThan(100);
});
