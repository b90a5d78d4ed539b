import type { ComponentType } from 'preact';
import { Apple, CheeseWedge, ChocolateBar, CoffeeBag, IcedCup, Loaf, PaperBag, Strawberry } from './foods.js';
import { CitrusSlice, Hummingbird, LabelUmbel } from './garnish.js';
import type { ArtId } from './palettes.js';
import { Bottle, Can, Carton, Jar, SoftBottle } from './vessels.js';

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
    <text x="105" y={y} font-size="44" font-weight="700">
      {big}
    </text>
    <text x="105" y={y + 38} font-size="26">
      {small}
    </text>
  </g>
);

const GREEN_GLASS = {
  body: '#2f5d3e',
  side: '#24492f',
  shine: '#6d9a6a',
  cap: '#c99a2e',
  capSide: '#a87d1f',
  label: '#f7f0db',
  labelSide: '#e7dcbb',
  trim: '#c99a2e',
};
const BROWN_GLASS = {
  ...GREEN_GLASS,
  body: '#6b3b1a',
  side: '#4f2910',
  shine: '#a8703f',
  cap: '#b3402a',
  capSide: '#8d2f1e',
};
const PINK_GLASS = {
  ...GREEN_GLASS,
  body: '#e08e92',
  side: '#c97278',
  shine: '#f6c4c2',
  cap: '#7d2338',
  capSide: '#5d1728',
  trim: '#7d2338',
};
const COLA = {
  body: '#35191b',
  side: '#241012',
  shine: '#7d5553',
  cap: '#e3b23c',
  capSide: '#c4942a',
  label: '#15374d',
  labelSide: '#0f2839',
  trim: '#e3b23c',
};
const CLEAR = {
  ...COLA,
  body: '#9ecbe2',
  side: '#7fb3ce',
  shine: '#e4f3fa',
  cap: '#1b6488',
  capSide: '#124b68',
  label: '#f5fbfe',
  labelSide: '#d6e9f2',
  trim: '#1b6488',
};
const YELLOW_CAN = {
  ...COLA,
  body: '#f0d64a',
  side: '#d6b92c',
  shine: '#fbf0ae',
  cap: '#cfd3d4',
  capSide: '#a9afb2',
  label: '#fff',
  labelSide: '#eee',
  trim: '#4d7f35',
};
const OAT = {
  ...COLA,
  body: '#f4ead6',
  side: '#ddcdae',
  shine: '#fffaf0',
  cap: '#1f6279',
  capSide: '#164b5d',
  label: '#f8f1e2',
  labelSide: '#e2d4b8',
  trim: '#1f6279',
};
const JAM = {
  ...COLA,
  body: '#a81f3a',
  side: '#82142a',
  shine: '#d9647a',
  cap: '#f3e6cf',
  capSide: '#d8c6a5',
  label: '#fdf5e4',
  labelSide: '#ecdcbe',
  trim: '#c8506a',
};

const tall = (Draw: ComponentType): ProductDrawing => ({ width: 300, height: 960, lean: 7, Draw });

export const PRODUCTS: Readonly<Record<ArtId, ProductDrawing>> = {
  elderflower: tall(() => (
    <Bottle colours={GREEN_GLASS}>
      <LabelUmbel />
      {words({ big: 'Elderflower', small: 'pressé · 750 ml', ink: '#24492f', y: 240 })}
    </Bottle>
  )),
  'ginger-beer': tall(() => (
    <Bottle colours={BROWN_GLASS}>
      <path
        fill="#d9a441"
        d="M60 90c20-50 60-20 90-30 40-10 60 30 30 60 10 50-40 70-70 50-50 20-80-30-50-80z"
      />
      {words({ big: 'Ginger', small: 'brewed · 750 ml', ink: '#4f2910', y: 232 })}
    </Bottle>
  )),
  rose: tall(() => (
    <Bottle colours={PINK_GLASS}>
      <circle cx="105" cy="104" r="58" fill="#e08e92" />
      {words({ big: 'Summer', small: 'rosé · 750 ml', ink: '#5d1728', y: 232 })}
    </Bottle>
  )),
  cola: tall(() => (
    <SoftBottle colours={COLA}>
      <g transform="translate(-8 26)">
        <Hummingbird />
      </g>
      <text x="98" y="236" text-anchor="middle" font-size="54" font-weight="700" fill="#f7f0db">
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
  lemonade: {
    width: 420,
    height: 800,
    lean: 6,
    Draw: () => (
      <Can colours={YELLOW_CAN}>
        <CitrusSlice at={{ x: 108, y: 190 }} />
        <text x="108" y="380" text-anchor="middle" font-size="58" font-weight="700" fill="#2d3510">
          Lemon
        </text>
      </Can>
    ),
  },
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
    width: 660,
    height: 640,
    lean: 0,
    Draw: () => (
      <g>
        <g transform="translate(150 250) rotate(14) scale(.56)">
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
