import type { Product } from '../contracts/index.js';
import type { Choice, DisplayOffer } from './actions.js';
import type { Parameters } from './parameters.js';
import { createPeople, type People } from './people.js';
import { createRadio, type Radio } from './radio.js';
import { createRandom, type Random } from './random.js';
import type { Scene } from './scene.js';
import { createShopping, type Shopping } from './shopping.js';
import { createStock, type Stock } from './stock.js';

export interface ShopOptions {
  readonly scene: Scene;
  readonly parameters: Parameters;
  readonly seed: string;
  /** Makes tags and loyalty ids of this run unlike those of others on the same store. */
  readonly runId: string;
  readonly startMs: number;
  /** Wall time of an instant of the simulated day; differs where the day runs faster. */
  readonly wallOf: (ms: number) => number;
  /** Business day of a wall time, YYYY-MM-DD, in the store's time zone. */
  readonly businessDay: (ms: number) => string;
  /** Receipts of all tills are numbered from here. */
  readonly sequenceFrom: number;
}

/** Everything that the people of one simulated shop share. */
export interface Shop {
  readonly options: ShopOptions;
  readonly scene: Scene;
  readonly products: ReadonlyMap<string, Product>;
  readonly shopping: Shopping;
  readonly people: People;
  readonly radio: Radio;
  readonly stock: Stock;
  readonly arrivals: Random;
  /** By screen: what it offers everybody. */
  readonly displays: Map<string, DisplayOffer>;
  readonly choices: Choice[];
  nowMs: number;
  sequence: number;
}

export function createShop(options: ShopOptions): Shop {
  const { scene, parameters, seed, runId } = options;
  const random = createRandom(seed);
  const shopping = createShopping(scene.products, parameters);
  return {
    options,
    scene,
    products: new Map(scene.products.map((product) => [product.sku, product])),
    shopping,
    people: createPeople({ scene, shopping, random, runId, couponUse: parameters.couponUse }),
    radio: createRadio(scene, parameters, seed),
    stock: createStock(scene),
    arrivals: random.fork('arrivals'),
    displays: new Map(),
    choices: [],
    nowMs: options.startMs,
    sequence: options.sequenceFrom,
  };
}
