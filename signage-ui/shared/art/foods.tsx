import { disc, lattice } from './shapes.js';

/** Berries, bread, fruit and the rest: one light side, one dark side, one highlight. */

/** One berry with its stalk at the origin, about 380 wide and 470 tall. */
export function Strawberry() {
  const seeds = lattice(8, 330, 390);
  return (
    <g>
      <path
        fill="#d5283a"
        d="M-8 20C-120-20-212 60-196 190c18 150 110 210 196 290 86-80 178-140 196-290C212 60 112-20-8 20z"
      />
      <path
        fill="#ae1a2e"
        d="M110 14c50 60 70 130 20 250C90 360-20 430-70 420q36 30 70 60c86-80 178-140 196-290C206 100 170 30 110 14z"
      />
      <path fill="#e5505c" d="M-150 70c16-22 40-6 32 22-22 76-14 130 22 190-60-60-86-140-54-212z" />
      <path fill="#f6d9a0" d={seeds.map((seed) => disc({ x: seed.x - 6, y: seed.y + 64 }, 7.5)).join('')} />
      <path
        fill="#3f7d3c"
        d="M-20 30C-60-30-60-80-70-120c50 10 84 60 82 110L30-90q10-28 32-16 10 8 2 28L20 40z"
      />
      <path fill="#3f7d3c" d="M-4 26c-60 50-130 30-180-10 50-34 120-40 176-10z" />
      <path
        fill="#2f6130"
        d="M-4 26C30-10 70-60 140-70c-10 54-50 80-92 84 56 4 94 30 116 74-60 4-120-10-168-62z"
      />
    </g>
  );
}

/** Round loaf in a box of 900 × 560. */
export function Loaf() {
  return (
    <g>
      <path
        fill="#b9742f"
        d="M40 380C20 180 210 40 460 40s420 130 400 330c-8 90-60 140-150 140H190c-90 0-142-50-150-130z"
      />
      <path
        fill="#8f5420"
        d="M640 70c150 50 236 160 220 300-8 90-60 140-150 140H430c230-20 330-200 210-440z"
      />
      <path fill="#d99a52" d="M110 310C116 200 210 110 330 90c-80 50-150 120-170 230-10 40-54 30-50-10z" />
      <path fill="#f4dcb0" d="M250 330c30-100 90-170 170-220 10 90-30 180-110 250-24 18-66 10-60-30z" />
      <path fill="#f4dcb0" d="M430 370c16-110 70-190 150-240 20 90-10 190-80 266-24 22-72 14-70-26z" />
      <path fill="#e3bd80" d="M620 380c6-90 40-160 96-206 30 80 10 170-40 232-20 22-56 10-56-26z" />
      <path
        fill="#fff6e2"
        d={[
          [150, 250],
          [330, 60],
          [520, 60],
          [240, 400],
          [400, 430],
          [560, 440],
          [690, 300],
          [600, 100],
        ]
          .map(([x, y], index) => disc({ x: x ?? 0, y: y ?? 0 }, 6 + (index % 3) * 3))
          .join('')}
      />
    </g>
  );
}

interface FruitColours {
  readonly body: string;
  readonly side: string;
  readonly shine: string;
}

/** One apple in a box of 420 × 460. */
export function Apple({ colours }: { colours: FruitColours }) {
  return (
    <g>
      <path
        fill={colours.body}
        d="M210 120c70-60 200-30 200 120 0 130-80 220-150 220-24 0-34-10-50-10s-26 10-50 10C90 460 10 370 10 240 10 90 140 60 210 120z"
      />
      <path
        fill={colours.side}
        d="M300 90c60 10 110 60 110 150 0 130-80 220-150 220-16 0-26-4-36-8 120-40 160-220 76-362z"
      />
      <path fill={colours.shine} d="M50 230c-4-60 24-104 64-116 10 10-30 50-30 130 0 30-32 20-34-14z" />
      <path fill="#5b3a1e" d="M200 124c0-50 4-80 30-114l20 12c-20 30-26 56-26 102z" />
      <path fill="#4d7f35" d="M236 76c20-50 80-70 130-56-20 50-74 80-130 56z" />
    </g>
  );
}

/** Wedge of cheese in a box of 640 × 440. */
export function CheeseWedge() {
  return (
    <g>
      <path fill="#f6d36b" d="M20 190 400 30q200 10 220 160z" />
      <path fill="#e9b93c" d="M20 190h600v220H20z" />
      <path fill="#c9972a" d="M480 190h140v220H480z" />
      <path
        fill="#b98220"
        d={disc({ x: 130, y: 300 }, 42) + disc({ x: 290, y: 350 }, 28) + disc({ x: 360, y: 254 }, 34)}
      />
      <path fill="#a8721a" d={disc({ x: 548, y: 310 }, 32)} />
      <path fill="#fbe7a6" d="M70 180 400 48q60 4 110 26L150 180z" />
    </g>
  );
}

/** Chocolate bar half out of its paper, in a box of 460 × 760. */
export function ChocolateBar() {
  const rows = [0, 1, 2];
  return (
    <g>
      <path fill="#5a3018" d="M50 20h360v400H50z" />
      {rows.map((row) => (
        <g key={row} transform={`translate(0 ${row * 120})`}>
          <path fill="#7a4526" d="M70 36h90v94H70zM186 36h90v94h-90z" />
          <path fill="#66391f" d="M302 36h90v94h-90z" />
        </g>
      ))}
      <path fill="#d8b24a" d="M40 380l60-30 50 30 60-30 60 30 50-30 60 30 40-20v60H40z" />
      <path fill="#3d6a66" d="M30 410h400v330H30z" />
      <path fill="#2c514e" d="M330 410h100v330H330z" />
      <text x="196" y="590" text-anchor="middle" font-size="62" font-weight="700" fill="#f7ecd6">
        Moss
      </text>
      <text x="196" y="640" text-anchor="middle" font-size="32" fill="#f7ecd6">
        dark 70
      </text>
    </g>
  );
}

/** Iced coffee in a clear cup, in a box of 440 × 780. */
export function IcedCup() {
  return (
    <g>
      <path fill="#2f6d5c" d="M262 0h30l-22 300h-28z" />
      <path fill="#f2e4d2" d="M60 150h320l-44 560q-2 30-34 30H138q-32 0-34-30z" />
      <path fill="#8a5527" d="M78 380h284l-26 330q-2 30-34 30H138q-32 0-34-30z" />
      <path fill="#c79a6c" d="M70 270h300l-10 124c-90 50-160-40-282 0z" />
      <path fill="#6d3f19" d="M290 390q40 12 70-6l-24 326q-2 30-34 30h-50q40-160 38-350z" />
      <path fill="#f6eadb" d="M120 230l80-18 18 80-80 18zM230 240l76 20-20 76-76-20z" />
      <path fill="#fff" opacity=".5" d="M96 220h20l22 440h-18z" />
      <path fill="#f8f2e7" d="M40 110h360q14 0 14 20t-14 20H40q-14 0-14-20t14-20z" />
      <path fill="#ded1bb" d="M310 110h90q14 0 14 20t-14 20h-90z" />
    </g>
  );
}

/** Stand-up bag of coffee, in a box of 480 × 720. */
export function CoffeeBag() {
  return (
    <g>
      <path fill="#efe3d0" d="M70 20h340l30 640q0 40-40 40H80q-40 0-40-40z" />
      <path fill="#d8c6ab" d="M330 20h80l30 640q0 40-40 40h-70q30-320 0-680z" />
      <path fill="#b4683c" d="M70 20h340l4 80H66z" />
      <path fill="#95522c" d="M330 20h80l4 80h-80z" />
      <path fill="#5a341f" d="M190 270c50-50 120-30 130 40 10 80-60 150-120 120-60-30-60-110-10-160z" />
      <path fill="none" stroke="#efe3d0" stroke-width="12" d="M296 262c-60 40-20 90-90 166" />
      <text x="206" y="540" text-anchor="middle" font-size="62" font-weight="700" fill="#35200f">
        Kestrel
      </text>
      <text x="206" y="592" text-anchor="middle" font-size="32" fill="#35200f">
        whole bean
      </text>
    </g>
  );
}

/** Paper shopping bag: stands in where a product has no picture of its own. Box of 520 × 640. */
export function PaperBag() {
  return (
    <g>
      <path fill="none" stroke="#8c6c42" stroke-width="22" d="M170 180V110q0-80 90-80t90 80v70" />
      <path fill="#cfae7c" d="M50 160h420l24 440q0 30-30 30H56q-30 0-30-30z" />
      <path fill="#b08f5d" d="M370 160h100l24 440q0 30-30 30H350q40-240 20-470z" />
      <path fill="#e2c99d" d="M76 190h18l-18 390H58z" />
      <path
        fill="#7a2a55"
        d="M206 300c30-40 70-10 54 40-2-46 30-84 62-50 34 40-20 100-66 150-46-44-84-98-50-140z"
      />
    </g>
  );
}
