import { Leaf, Umbel } from './garnish.js';
import { type ArtId, PALETTES, type Palette } from './palettes.js';
import { PRODUCTS } from './products.js';

export { artFor } from './choose.js';
export type { ArtId, Palette } from './palettes.js';

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
      <Umbel at={{ x: 290, y: 560 }} radius={228} foot={{ x: 390, y: 800 }} />
      <Umbel at={{ x: 736, y: 610 }} radius={228} foot={{ x: 640, y: 820 }} />
    </g>
  );
}

/** The product before its disc, with what grows around it, in a square of 1000. */
export function ArtScene({ art, class: className }: { art: ArtId; class?: string }) {
  const { width, height, lean, Draw } = PRODUCTS[art];
  // Tall bottles reach over the disc, everything else stays just inside it.
  const scale = height > width * 2 ? 1000 / height : Math.min(800 / height, 840 / width);
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
