import { CARD_MASK, looksLikeRoundedCard, maskCards } from './cards.js';
import {
  DEVICE_MASK,
  type IsOwnDevice,
  maskAllIdentities,
  maskLoyalty,
  maskMacs,
  namesDevice,
} from './identities.js';

/** Fields that hold a product number: there a right check digit of a known product is not a card. */
const GTIN_FIELDS: ReadonlySet<string> = new Set(['gtin', 'sku', 'ean', 'upc', 'barcode', 'code']);
const DEPTH_MAX = 64;
/** Below this a number has too few digits to be a card. */
const CARD_NUMBER_MIN = 1e11;

export interface Masker {
  /** Card numbers and MACs of one text. */
  text(text: string): string;
  /** The same for every key and value of a document; returns the same object when nothing was found. */
  data<T>(data: T): T;
  /** The body or topic of something not understood; `personal` are identities that its adapter knows to be in it. */
  unknown(text: string, personal?: readonly string[]): string;
  /** The body of a document that names no persons' devices: cards and MACs only, so that it can be mended. */
  document(text: string): string;
}

export interface MaskerDeps {
  /** True for a GTIN or SKU of the catalogue. */
  isProduct(code: string): boolean;
  /** True for the shop's own equipment; ids come without separators, in lower case. */
  readonly isOwnDevice: IsOwnDevice;
}

/** Everything from outside passes here before the journal: no card number and no person's device id reaches the disk. */
export function createMasker(deps: MaskerDeps): Masker {
  const text = (value: string): string => maskMacs(maskCards(value), deps.isOwnDevice);
  const data = <T>(value: T): T => walk(value, '', 0, { ...deps, text }) as T;
  const document = (original: string): string => {
    const body = maskLoyalty(original);
    const masked = text(body);
    if (masked === body) return body;
    const parsed = parsedOrNothing(body);
    // A whole document is masked field by field, so that the product numbers in it stay what they are.
    return parsed === undefined ? masked : JSON.stringify(data(parsed));
  };
  return {
    text,
    data,
    document,
    unknown: (body, personal = []) =>
      maskAllIdentities(maskCards(maskLoyalty(body)), personal, deps.isOwnDevice),
  };
}

interface Walker extends MaskerDeps {
  text(text: string): string;
}

function walk(value: unknown, field: string, depth: number, walker: Walker): unknown {
  if (typeof value === 'string') return walkText(value, field, walker);
  if (typeof value === 'number') return walkNumber(value, field, walker);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= DEPTH_MAX) return CARD_MASK;
  return Array.isArray(value) ? walkArray(value, field, depth, walker) : walkObject(value, depth, walker);
}

function walkText(value: string, field: string, walker: Walker): string {
  if (namesDevice(field)) return walker.isOwnDevice(value) ? value : DEVICE_MASK;
  if (value.length < 12) return value;
  return isProductField(value, field, walker) ? value : walker.text(value);
}

function walkNumber(value: number, field: string, walker: Walker): unknown {
  if (Math.abs(value) < CARD_NUMBER_MIN && Number.isInteger(value)) return value;
  const text = String(value);
  if (isProductField(text, field, walker)) return value;
  return maskCards(text) === text && !looksLikeRoundedCard(value) ? value : CARD_MASK;
}

/** A number written as a list of its groups is still that number. */
function walkArray(
  list: readonly unknown[],
  field: string,
  depth: number,
  walker: Walker,
): readonly unknown[] {
  if (list.length > 1 && list.length <= 19 && list.every(isShortScalar)) {
    const joined = list.join(' ');
    if (maskCards(joined) !== joined) return [CARD_MASK];
  }
  let changed = false;
  const masked = list.map((inner) => {
    const after = walk(inner, field, depth + 1, walker);
    changed ||= after !== inner;
    return after;
  });
  return changed ? masked : list;
}

function isShortScalar(value: unknown): boolean {
  return (typeof value === 'string' && value.length <= 8) || typeof value === 'number';
}

function walkObject(object: object, depth: number, walker: Walker): object {
  let changed = false;
  const entries = Object.entries(object).map(([key, inner]) => {
    const name = key.length < 12 ? key : walker.text(key);
    const after = walk(inner, key, depth + 1, walker);
    changed ||= after !== inner || name !== key;
    return [name, after] as const;
  });
  return changed ? Object.fromEntries(entries) : object;
}

function isProductField(value: string, field: string, walker: Walker): boolean {
  return GTIN_FIELDS.has(field.toLowerCase()) && hasGtinCheckDigit(value) && walker.isProduct(value);
}

/** GTIN-8, -12, -13 and -14 with a right check digit. */
export function hasGtinCheckDigit(code: string): boolean {
  if (!/^(?:\d{8}|\d{12}|\d{13}|\d{14})$/.test(code)) return false;
  let sum = 0;
  for (let index = 0; index < code.length - 1; index++) {
    const digit = code.charCodeAt(code.length - 2 - index) - 48;
    sum += index % 2 === 0 ? digit * 3 : digit;
  }
  return (10 - (sum % 10)) % 10 === code.charCodeAt(code.length - 1) - 48;
}

function parsedOrNothing(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
