/** Path pieces for the flat cut-paper pictures. Pure functions: the same picture every time. */

const round = (value: number): number => Math.round(value * 10) / 10;

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A full circle as a sub-path, so that many of them make one element. */
export function disc({ x, y }: Spot, radius: number): string {
  const r = round(radius);
  return `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
}

/** Five petals around each spot, turned by its index so that no two neighbours look stamped. */
export function petals(spots: readonly Spot[], size: number): string {
  const paths: string[] = [];
  spots.forEach((spot, index) => {
    for (let petal = 0; petal < 5; petal += 1) {
      const angle = ((petal * 72 + index * 31) * Math.PI) / 180;
      paths.push(
        disc({ x: spot.x + Math.cos(angle) * size, y: spot.y + Math.sin(angle) * size }, size * 0.78),
      );
    }
  });
  return paths.join('');
}

/** Spots scattered over a dome-shaped band: where the flowers of an umbel sit. Angles in degrees, 0 to the right. */
export function domeSpots(options: {
  readonly centre: Spot;
  readonly inner: number;
  readonly outer: number;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}): readonly Spot[] {
  const { centre, inner, outer, from, to, amount } = options;
  return Array.from({ length: amount }, (_, index) => {
    const along = (index + 0.5) / amount;
    const across = (index * 0.618) % 1;
    const angle = ((from + (to - from) * along) * Math.PI) / 180;
    const radius = inner + (outer - inner) * across;
    return { x: centre.x + Math.cos(angle) * radius, y: centre.y + Math.sin(angle) * radius };
  });
}

/** Seeds of a berry: a slanted lattice of small drops inside a tapering body. */
export function lattice(rows: number, width: number, height: number): readonly Spot[] {
  const spots: Spot[] = [];
  for (let row = 0; row < rows; row += 1) {
    const taper = 1 - (row / rows) ** 1.7;
    const across = Math.max(1, Math.round(5 * taper));
    for (let column = 0; column < across; column += 1) {
      const x = ((column + 0.5) / across - 0.5) * width * taper + (row % 2 === 0 ? 0 : 8);
      spots.push({ x, y: (row / rows) * height });
    }
  }
  return spots;
}
