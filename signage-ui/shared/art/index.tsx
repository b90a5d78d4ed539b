import { Leaf, Umbel } from './garnish.js';
import { type ArtId, PALETTES, type Palette } from './palettes.js';
import { PRODUCTS } from './products.js';

export type { ArtId, Palette } from './palettes.js';

/** Words in an `art` id or a product name that point to a picture; the first that fits wins. */
const HINTS: readonly (readonly [RegExp, ArtId])[] = [
  [/elder/i, 'elderflower'],
  [/strawberr|erdbeer|berr/i, 'strawberries'],
  [/iced|latte|frapp/i, 'iced-coffee'],
  [/coffee|kaffee|bean|espresso/i, 'coffee'],
  [/ginger|ingwer|beer|bier|ale/i, 'ginger-beer'],
  [/ros[eé]|wine|wein/i, 'rose'],
  [/cola|kolibri/i, 'cola'],
  [/lemon|limo|citrus|orange|can$/i, 'lemonade'],
  [/bread|brot|loaf|sourdough|bun|roll/i, 'sourdough'],
  [/oat|milk|milch|hafer|carton/i, 'oat-drink'],
  [/jam|jar|honey|honig|marmalade/i, 'jam'],
  [/water|wasser/i, 'water'],
  [/apple|apfel|pear/i, 'apples'],
  [/tomato|tomate/i, 'tomatoes'],
  [/cheese|käse|kaese|cheddar|gouda/i, 'cheese'],
  [/choco|schoko/i, 'chocolate'],
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

export const paletteOf = (art: ArtId): Palette => PALETTES[art];

/** The product alone, for lists and coupons. Decorative: its name always stands beside it. */
export function ProductArt({ art, class: className }: { art: ArtId; class?: string }) {
  const { width, height, Draw } = PRODUCTS[art];
  return (
    <svg class={className} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      <Draw />
    </svg>
  );
}

function ElderGarnish() {
  return (
    <g>
      <Leaf at={{ x: 330, y: 700 }} turn={164} />
      <Leaf at={{ x: 700, y: 720 }} turn={16} />
      <Umbel at={{ x: 262, y: 560 }} radius={246} foot={{ x: 380, y: 800 }} />
      <Umbel at={{ x: 742, y: 620 }} radius={246} foot={{ x: 640, y: 820 }} />
    </g>
  );
}

/** The product before its disc, with what grows around it, in a square of 1000. */
export function ArtScene({ art, class: className }: { art: ArtId; class?: string }) {
  const { width, height, lean, Draw } = PRODUCTS[art];
  const scale = Math.min(1000 / height, 740 / width) * (height > width * 2 ? 1 : 0.86);
  const place = `translate(500 500) rotate(${lean}) scale(${scale}) translate(${-width / 2} ${-height / 2})`;
  return (
    <svg class={className} viewBox="0 0 1000 1000" aria-hidden="true" focusable="false">
      <circle cx="500" cy="510" r="420" fill={PALETTES[art].disc} />
      {art === 'elderflower' ? <ElderGarnish /> : null}
      <g transform={place}>
        <Draw />
      </g>
    </svg>
  );
}
