import { disc, domeSpots, petals, type Spot } from './shapes.js';

/** What stands around a product in its scene: flowers, leaves, slices, beans. */

const STALK_ANGLES = [-172, -150, -130, -112, -96, -80, -62, -44, -22, -4];

/** A head of elderflower: node at `at`, blossoms in a dome above it. */
export function Umbel({ at, radius, foot }: { at: Spot; radius: number; foot: Spot }) {
  const spots = domeSpots({
    centre: at,
    inner: radius * 0.74,
    outer: radius * 1.08,
    from: -184,
    to: 4,
    amount: 58,
  });
  const stalks = STALK_ANGLES.map((angle) => {
    const x = at.x + Math.cos((angle * Math.PI) / 180) * radius * 0.9;
    const y = at.y + Math.sin((angle * Math.PI) / 180) * radius * 0.9;
    return `M${at.x} ${at.y}Q${(at.x * 2 + x) / 3} ${(at.y + y * 2) / 3} ${x} ${y}`;
  });
  return (
    <g>
      <path
        fill="none"
        stroke="#5b7c3a"
        stroke-width={radius * 0.036}
        stroke-linecap="round"
        d={`${stalks.join('')}M${at.x} ${at.y}Q${at.x + (foot.x - at.x) * 0.2} ${(at.y + foot.y) / 2} ${foot.x} ${foot.y}`}
      />
      <path fill="#fffdf4" d={petals(spots, radius * 0.062)} />
      <path fill="#d9b02f" d={spots.map((spot) => disc(spot, radius * 0.03)).join('')} />
    </g>
  );
}

/** A leaf from `at`, 300 long, turned by `turn` degrees. */
export function Leaf({ at, turn }: { at: Spot; turn: number }) {
  return (
    <g transform={`translate(${at.x} ${at.y}) rotate(${turn})`}>
      <path fill="#88a356" d="M0 0C60-110 190-120 310 0 190 20 70 40 0 0z" />
      <path fill="#6f8c45" d="M0 0c90 10 190 20 310 0C210 130 70 110 0 0z" />
    </g>
  );
}

/** A slice of lemon, 200 across. */
export function CitrusSlice({ at }: { at: Spot }) {
  const cuts = [0, 60, 120, 180, 240, 300].map((angle) => {
    const turn = (angle * Math.PI) / 180;
    return `M0 0L${Math.cos(turn) * 80} ${Math.sin(turn) * 80}`;
  });
  return (
    <g transform={`translate(${at.x} ${at.y})`}>
      <circle r="100" fill="#d9b81e" />
      <circle r="90" fill="#fdf6cf" />
      <circle r="80" fill="#f0d64a" />
      <path stroke="#fdf6cf" stroke-width="9" d={cuts.join('')} />
    </g>
  );
}

/** The small drawing on the elderflower label. */
export function LabelUmbel() {
  const at = { x: 105, y: 118 };
  return <Umbel at={at} radius={70} foot={{ x: 100, y: 190 }} />;
}

/** The bird of the Kolibri label. */
export function Hummingbird() {
  return (
    <path
      fill="#e3b23c"
      d="M34 104q40 22 66 12-14-36 26-84 16 44 2 86 38-6 60-20l64-14-58 24q-24 14-40 40-34 62-108 42 34-8 44-22-42-10-56-64z"
    />
  );
}
