import { disc, domeSpots, petals } from './shapes.js';

/** Fruit, vegetables and flowers: one light side, one dark side, one highlight. */

/** Two lemons and a leaf in a box of 700 × 480. */
export function Lemons() {
  const lemon = (
    <>
      <path
        fill="#f0d23c"
        d="M10 180C10 70 100 10 210 20c60 4 90 24 130 20 10 26-10 60-14 90C310 270 210 350 110 320 40 300 10 250 10 180z"
      />
      <path
        fill="#d4b322"
        d="M260 30c30 6 54 12 80 10 10 26-10 60-14 90C310 270 210 350 110 320c140-10 210-150 150-290z"
      />
      <path fill="#fbeea2" d="M46 170c0-60 30-96 76-112 16 10-34 40-40 116-4 30-36 24-36-4z" />
    </>
  );
  return (
    <g>
      <g transform="translate(330 20) rotate(14)">{lemon}</g>
      <path fill="#5d8a3f" d="M300 120c30-80 130-110 220-70-40 80-140 110-220 70z" />
      <g transform="translate(0 110) rotate(-10)">{lemon}</g>
    </g>
  );
}

/** A hand of bananas in a box of 720 × 460. */
export function Bananas() {
  return (
    <g>
      <path
        fill="#d9b52a"
        d="M60 40c-20 200 140 380 400 380 100 0 180-40 230-100-20-20-40-20-60-10-280 90-450-60-500-270z"
      />
      <path
        fill="#f2d24a"
        d="M96 30C110 220 270 350 480 340c90-4 150-30 196-80-16-20-36-20-56-12C390 330 220 230 150 20z"
      />
      <path
        fill="#f9e48a"
        d="M160 30c60 160 190 260 380 236 60-8 104-30 136-66-14-18-30-18-48-10C450 260 290 200 212 10z"
      />
      <path fill="#6d5224" d="M60 44C56 10 90-10 140 0l70 10-50 50-100 0z" />
      <path
        fill="#6d5224"
        d="M690 320c14-4 20-20 10-34l-24-26-20 46zM676 200c14-6 22-20 14-34l-30 10-10 30z"
      />
    </g>
  );
}

/** Blueberries in a heap with a leaf, in a box of 640 × 480. */
export function Blueberries() {
  const berries = [
    [120, 350, 96],
    [300, 370, 104],
    [490, 350, 98],
    [210, 230, 96],
    [400, 230, 100],
    [310, 110, 92],
  ] as const;
  return (
    <g>
      <path fill="#5d8a3f" d="M400 90C440 0 560-20 630 30c-50 80-140 110-230 60z" />
      {berries.map(([x, y, r]) => (
        <g key={`${x} ${y}`}>
          <circle cx={x} cy={y} r={r} fill="#3d4f8f" />
          <path
            fill="#2c3a70"
            d={`M${x + r * 0.2} ${y - r * 0.98}a${r} ${r} 0 1 1 ${-r * 0.9} ${r * 1.87}a${r * 1.3} ${r * 1.3} 0 0 0 ${r * 0.9} ${-r * 1.87}z`}
          />
          <path fill="#1f2a55" d={petals([{ x, y: y - r * 0.2 }], r * 0.17)} />
          <circle cx={x - r * 0.5} cy={y - r * 0.45} r={r * 0.14} fill="#8492cc" />
        </g>
      ))}
    </g>
  );
}

/** A bunch of carrots in a box of 560 × 760. */
export function Carrots() {
  const carrot = (
    <>
      <path fill="#e0762a" d="M0 60C0 10 40-10 80-10s80 20 80 70c0 160-40 330-80 430C40 390 0 220 0 60z" />
      <path fill="#bf5c19" d="M110-6c30 8 50 30 50 66 0 160-40 330-80 430 20-140 60-330 30-496z" />
      <path fill="#f6b27c" d="M20 70c0-30 10-46 26-54 10 60 0 120-6 180-14-40-20-80-20-126z" />
      <path
        fill="none"
        stroke="#bf5c19"
        stroke-width="8"
        stroke-linecap="round"
        d="M10 130h40M90 200h46M24 260h36M70 330h34"
      />
    </>
  );
  return (
    <g>
      <path
        fill="#4f8038"
        d="M280 250C160 200 120 90 150 0c60 40 90 90 104 140C250 80 270 30 310 0c30 50 30 110 14 160 30-60 70-100 130-120 0 90-50 170-140 214z"
      />
      <path fill="#3c662a" d="M290 250c20-60 90-160 164-210 0 90-50 170-140 214z" />
      <g transform="translate(50 250) rotate(12)">{carrot}</g>
      <g transform="translate(360 270) rotate(-16)">{carrot}</g>
      <g transform="translate(200 240)">{carrot}</g>
    </g>
  );
}

/** Wrapped flowers in a box of 620 × 860. */
export function Bouquet() {
  const heads = domeSpots({
    centre: { x: 310, y: 330 },
    inner: 30,
    outer: 250,
    from: -178,
    to: -2,
    amount: 17,
  });
  const pick = (part: number) => heads.filter((_, index) => index % 3 === part);
  return (
    <g>
      <path fill="#4f8038" d="M60 330C40 200 140 60 310 50s280 140 250 290L360 560h-100z" />
      <path fill="#e7a4b4" d={petals(pick(0), 38)} />
      <path fill="#f6e7c9" d={petals(pick(1), 36)} />
      <path fill="#c8506a" d={petals(pick(2), 36)} />
      <path fill="#d9b02f" d={heads.map((head) => disc(head, 17)).join('')} />
      <path fill="#d8bd92" d="M70 380 310 540 550 380 400 850H220z" />
      <path fill="#b99b6c" d="M310 540 550 380 400 850H330z" />
      <path fill="#7a2a55" d="M226 600h168l-10 50H236z" />
    </g>
  );
}
