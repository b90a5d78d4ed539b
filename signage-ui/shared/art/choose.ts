import { type ArtId, PALETTES } from './palettes.js';

/** Words in an `art` id or a product name that point to a picture; the first that fits wins. */
const HINTS: readonly (readonly [RegExp, ArtId])[] = [
  [/elder/i, 'elderflower'],
  [/strawberr|erdbeer/i, 'strawberries'],
  [/iced.?coffee|coffee.?iced|latte|frapp/i, 'iced-coffee'],
  [/coffee|kaffee|espresso/i, 'coffee'],
  [/ginger|ingwer/i, 'ginger-beer'],
  [/\bale\b|bottle-ale|beer|bier/i, 'ale'],
  [/ros[eé]|wine|wein/i, 'rose'],
  [/can-cola|curlew/i, 'can-cola'],
  [/cola|kolibri/i, 'cola'],
  [/lemonade|limonade/i, 'lemonade'],
  [/tea\b|tee\b/i, 'tea'],
  [/bottle-water|water|wasser/i, 'water'],
  [/carton-apple|apple juice/i, 'apple-juice'],
  [/carton-orange|orange/i, 'orange-juice'],
  [/oat|milk drink|hafer/i, 'oat-drink'],
  [/baguette/i, 'baguette'],
  [/croissant/i, 'croissant'],
  [/bun|turnover|slice|danish|pastry/i, 'bun'],
  [/loaf|bread|brot|sourdough/i, 'sourdough'],
  [/jam|jar|honey|honig|marmalade/i, 'jam'],
  [/lemon/i, 'lemons'],
  [/apple|apfel|pear/i, 'apples'],
  [/banana/i, 'bananas'],
  [/blueberr|berry|berries/i, 'blueberries'],
  [/tomato|tomate/i, 'tomatoes'],
  [/cheese|käse|cheddar|gouda/i, 'cheese'],
  [/choco|schoko/i, 'chocolate'],
  [/carrot|möhre|karotte/i, 'carrots'],
  [/flower|blume/i, 'flowers'],
  [/crisps|chips|almond|nut|gum/i, 'snack-bag'],
];

/** The picture for an `art` id or, failing that, for the product's name; a paper bag when neither says anything. */
export function artFor(art: string | undefined, name: string): ArtId {
  if (art !== undefined && Object.hasOwn(PALETTES, art)) return art as ArtId;
  for (const text of [art ?? '', name]) {
    const hint = HINTS.find(([pattern]) => pattern.test(text));
    if (hint !== undefined) return hint[1];
  }
  return 'neutral';
}
