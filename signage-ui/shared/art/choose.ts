import { type ArtId, PALETTES } from './palettes.js';

/**
 * Where in a word a hint must stand. A piece of a word says nothing: there is cola in chocolate and wine in swine. What a
 * German word is about stands at its end (Roggenbrot), what it is made of at its beginning (Haferdrink).
 */
const PLURAL = '(?:s|es|e|n|en|er)?';
const whole = (words: string): RegExp => new RegExp(`(?<!\\p{L})(?:${words})${PLURAL}(?!\\p{L})`, 'iu');
const begins = (words: string): RegExp => new RegExp(`(?<!\\p{L})(?:${words})`, 'iu');
const ends = (words: string): RegExp => new RegExp(`(?:${words})${PLURAL}(?!\\p{L})`, 'iu');

/** Words in an `art` id or a product name that point to a picture; the first that fits wins. */
const HINTS: readonly (readonly [RegExp, ArtId])[] = [
  [begins('elder|holunder'), 'elderflower'],
  [ends('strawberr(?:y|ie)|erdbeere?'), 'strawberries'],
  [begins('iced.?coffee|coffee.?iced|latte(?!\\p{L})|frapp|eiskaffee'), 'iced-coffee'],
  [ends('coffee|kaffee|espresso'), 'coffee'],
  [begins('ginger(?!bread)|ingwer'), 'ginger-beer'],
  [whole('ale|beer|lager'), 'ale'],
  [ends('bier'), 'ale'],
  [whole('ros[eé]|wine'), 'rose'],
  [ends('(?<!sch)wein'), 'rose'],
  [begins('can-cola|curlew'), 'can-cola'],
  [begins('cola|kolibri'), 'cola'],
  [ends('lemonade|limonade|limo'), 'lemonade'],
  [whole('tea'), 'tea'],
  [ends('(?<![ao])tee'), 'tea'],
  [begins('oat|milk drink|hafer'), 'oat-drink'],
  [whole('water'), 'water'],
  [ends('wasser'), 'water'],
  [begins('carton-apple|apple juice|apfelsaft'), 'apple-juice'],
  [begins('carton-orange|orange'), 'orange-juice'],
  [ends('baguette'), 'baguette'],
  [ends('croissant|hörnchen'), 'croissant'],
  [whole('bun|turnover|slice|danish|pastry|pastrie'), 'bun'],
  [ends('brötchen|semmel|schnecke'), 'bun'],
  [ends('loaf|loave|bread|brot|sourdough'), 'sourdough'],
  [whole('jam|jar|marmalade|honey'), 'jam'],
  [ends('honig|marmelade|konfitüre'), 'jam'],
  [begins('lemon|zitrone'), 'lemons'],
  [whole('apple|pear'), 'apples'],
  [ends('(?<!gran)[aä]pfel|birne'), 'apples'],
  [begins('banan'), 'bananas'],
  [ends('berr(?:y|ie)|beere'), 'blueberries'],
  [ends('tomato|tomate'), 'tomatoes'],
  [ends('cheese|käse|cheddar|gouda'), 'cheese'],
  [begins('choco|schoko'), 'chocolate'],
  [ends('schokolade'), 'chocolate'],
  [ends('carrot|möhre|karotte'), 'carrots'],
  [whole('flower|bouquet|blume|blumenstr[aä]u(?:ß|sse)'), 'flowers'],
  [whole('crisp|chip|almond|nut|gum|mandel|nuss|nüsse|kaugummi'), 'snack-bag'],
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
