import type { ComponentChildren, ComponentType } from 'preact';
import { Baguette, Bun, Croissant, SnackBag } from './bakery.js';
import { Apple, CheeseWedge, ChocolateBar, CoffeeBag, IcedCup, Loaf, PaperBag, Strawberry } from './foods.js';
import { CitrusSlice, Hummingbird, LabelUmbel } from './garnish.js';
import type { ArtId } from './palettes.js';
import { Bananas, Blueberries, Bouquet, Carrots, Lemons } from './produce.js';
import {
  APPLE_CARTON,
  BROWN_GLASS,
  CLEAR,
  COLA,
  GINGER_CAN,
  GREEN_GLASS,
  JAM,
  LEMON_GLASS,
  OAT,
  ORANGE_CARTON,
  PINK_GLASS,
  RED_CAN,
  TEA,
} from './vessel-colours.js';
import { Bottle, Can, Carton, Jar, SoftBottle, type VesselColours } from './vessels.js';

/** A product drawn in a box of its own. */
export interface ProductDrawing {
  readonly width: number;
  readonly height: number;
  /** Degrees that it leans in a scene. */
  readonly lean: number;
  readonly Draw: ComponentType;
}

interface LabelWords {
  readonly big: string;
  readonly small: string;
  readonly ink: string;
  readonly y: number;
}
const words = ({ big, small, ink, y }: LabelWords) => (
  <g fill={ink} text-anchor="middle">
    <text x="102" y={y} font-size={big.length > 8 ? 35 : 44} font-weight="700">
      {big}
    </text>
    <text x="102" y={y + 36} font-size="25">
      {small}
    </text>
  </g>
);

const can = (
  colours: VesselColours,
  label: { word: string; small: string; ink: string; motif: ComponentChildren },
): ProductDrawing => ({
  width: 420,
  height: 800,
  lean: 6,
  Draw: () => (
    <Can colours={colours}>
      {label.motif}
      <g fill={label.ink} text-anchor="middle">
        <text x="108" y="380" font-size="58" font-weight="700">
          {label.word}
        </text>
        <text x="108" y="428" font-size="32">
          {label.small}
        </text>
      </g>
    </Can>
  ),
});

const juice = (
  colours: VesselColours,
  label: { word: string; ink: string; fruit: string; shade: string },
): ProductDrawing => ({
  width: 440,
  height: 860,
  lean: 5,
  Draw: () => (
    <Carton colours={colours}>
      <circle cx="130" cy="140" r="100" fill={label.fruit} />
      <path fill={label.shade} d="M170 48a100 100 0 0 1-40 192 160 160 0 0 0 40-192z" />
      <text x="130" y="340" text-anchor="middle" font-size="72" font-weight="700" fill={label.ink}>
        {label.word}
      </text>
      <text x="130" y="392" text-anchor="middle" font-size="38" fill={label.ink}>
        juice, 1 litre
      </text>
    </Carton>
  ),
});

const tall = (Draw: ComponentType): ProductDrawing => ({ width: 300, height: 960, lean: 7, Draw });

export const PRODUCTS: Readonly<Record<ArtId, ProductDrawing>> = {
  elderflower: tall(() => (
    <Bottle colours={GREEN_GLASS}>
      <LabelUmbel />
      {words({ big: 'Elderflower', small: 'pressé · 750 ml', ink: '#24492f', y: 240 })}
    </Bottle>
  )),
  ale: tall(() => (
    <Bottle colours={BROWN_GLASS}>
      <path fill="#d9a441" d="M40 130c30-60 100-60 130 0-30 30-100 30-130 0z" />
      {words({ big: 'Saltgrass', small: 'pale ale · 0.0 %', ink: '#4f2910', y: 232 })}
    </Bottle>
  )),
  'ginger-beer': can(GINGER_CAN, {
    word: 'Gannet',
    small: 'ginger beer',
    ink: '#3a2a12',
    motif: (
      <path
        fill="#fdeecd"
        d="M60 190c20-60 66-24 100-36 46-12 70 36 36 72 12 60-46 84-80 60-60 24-96-36-56-96z"
      />
    ),
  }),
  'can-cola': can(RED_CAN, {
    word: 'Curlew',
    small: 'cola',
    ink: '#fdeadf',
    motif: (
      <path fill="#fdeadf" d="M24 250c60 0 90-20 110-60 10-30 50-40 70-14l36 12-34 10c-6 70-70 110-150 90z" />
    ),
  }),
  tea: tall(() => (
    <SoftBottle colours={TEA}>
      <circle cx="98" cy="116" r="62" fill="#f0a46a" />
      <text x="98" y="240" text-anchor="middle" font-size="42" font-weight="700" fill="#43200c">
        Harebell
      </text>
    </SoftBottle>
  )),
  'apple-juice': juice(APPLE_CARTON, { word: 'Apple', ink: '#25330d', fruit: '#a7bf3e', shade: '#88a02c' }),
  'orange-juice': juice(ORANGE_CARTON, {
    word: 'Orange',
    ink: '#452006',
    fruit: '#ee9a2e',
    shade: '#cf7d17',
  }),
  baguette: { width: 940, height: 300, lean: -28, Draw: Baguette },
  croissant: { width: 820, height: 520, lean: -4, Draw: Croissant },
  bun: { width: 600, height: 560, lean: 0, Draw: Bun },
  lemons: { width: 720, height: 480, lean: 0, Draw: Lemons },
  bananas: { width: 720, height: 460, lean: 0, Draw: Bananas },
  blueberries: { width: 640, height: 480, lean: 0, Draw: Blueberries },
  carrots: { width: 560, height: 760, lean: 6, Draw: Carrots },
  flowers: { width: 620, height: 860, lean: 4, Draw: Bouquet },
  'snack-bag': { width: 520, height: 700, lean: 5, Draw: SnackBag },
  rose: tall(() => (
    <Bottle colours={PINK_GLASS}>
      <circle cx="105" cy="104" r="58" fill="#e08e92" />
      {words({ big: 'Summer', small: 'rosé · 750 ml', ink: '#5d1728', y: 232 })}
    </Bottle>
  )),
  cola: tall(() => (
    <SoftBottle colours={COLA}>
      <g transform="translate(-4 -8)">
        <Hummingbird />
      </g>
      <text x="92" y="244" text-anchor="middle" font-size="46" font-weight="700" fill="#f7f0db">
        Kolibri
      </text>
    </SoftBottle>
  )),
  water: tall(() => (
    <SoftBottle colours={CLEAR}>
      <path fill="#1b6488" d="M98 50c40 56 56 84 56 110a56 56 0 0 1-112 0c0-26 16-54 56-110z" />
      <text x="98" y="252" text-anchor="middle" font-size="40" font-weight="700" fill="#0f3145">
        Brook
      </text>
    </SoftBottle>
  )),
  lemonade: tall(() => (
    <Bottle colours={LEMON_GLASS}>
      <CitrusSlice at={{ x: 104, y: 112 }} />
      {words({ big: 'Tidemark', small: 'lemonade · 750 ml', ink: '#2d3510', y: 252 })}
    </Bottle>
  )),
  'oat-drink': {
    width: 440,
    height: 860,
    lean: 5,
    Draw: () => (
      <Carton colours={OAT}>
        <path
          fill="#c79a4a"
          d="M130 40c30 40 30 80 0 120-30-40-30-80 0-120zM70 110c46 10 60 40 56 90-44-10-62-40-56-90zM190 110c-46 10-60 40-56 90 44-10 62-40 56-90z"
        />
        <text x="130" y="320" text-anchor="middle" font-size="92" font-weight="700" fill="#14313b">
          Oat
        </text>
        <text x="130" y="376" text-anchor="middle" font-size="38" fill="#14313b">
          drink, 1 litre
        </text>
      </Carton>
    ),
  },
  jam: {
    width: 520,
    height: 680,
    lean: -5,
    Draw: () => (
      <Jar colours={JAM}>
        <text x="150" y="124" text-anchor="middle" font-size="66" font-weight="700" fill="#5d1728">
          Damson
        </text>
        <text x="150" y="184" text-anchor="middle" font-size="38" fill="#5d1728">
          jam, 340 g
        </text>
      </Jar>
    ),
  },
  strawberries: {
    width: 620,
    height: 620,
    lean: 0,
    Draw: () => (
      <g>
        <g transform="translate(130 250) rotate(14) scale(.6)">
          <Strawberry />
        </g>
        <g transform="translate(400 132) rotate(10)">
          <Strawberry />
        </g>
      </g>
    ),
  },
  sourdough: { width: 900, height: 560, lean: -6, Draw: Loaf },
  'iced-coffee': { width: 440, height: 780, lean: 6, Draw: IcedCup },
  coffee: { width: 480, height: 720, lean: -6, Draw: CoffeeBag },
  apples: {
    width: 700,
    height: 520,
    lean: 0,
    Draw: () => (
      <g>
        <g transform="translate(280 20) rotate(10)">
          <Apple colours={{ body: '#a7bf3e', side: '#88a02c', shine: '#d3e07f' }} />
        </g>
        <g transform="translate(20 60) rotate(-8)">
          <Apple colours={{ body: '#c93a34', side: '#a32727', shine: '#e77f72' }} />
        </g>
      </g>
    ),
  },
  tomatoes: {
    width: 700,
    height: 520,
    lean: 0,
    Draw: () => (
      <g>
        <g transform="translate(290 30) rotate(8)">
          <Apple colours={{ body: '#d6452b', side: '#b0331d', shine: '#f08a6c' }} />
        </g>
        <g transform="translate(20 70) rotate(-6)">
          <Apple colours={{ body: '#e2553a', side: '#bd3d25', shine: '#f49b80' }} />
        </g>
      </g>
    ),
  },
  cheese: { width: 640, height: 440, lean: -4, Draw: CheeseWedge },
  chocolate: { width: 460, height: 760, lean: 8, Draw: ChocolateBar },
  neutral: { width: 520, height: 640, lean: -3, Draw: PaperBag },
};
