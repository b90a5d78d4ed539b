import type { StorePolicy } from '../../../edge/contracts/index.js';

type Fixture = NonNullable<StorePolicy['fixtures']>[number];

/** Furniture of the floor plan, in metres, as light outlines. */

const lines = (steps: number, draw: (share: number) => string): string =>
  Array.from({ length: steps - 1 }, (_, index) => draw((index + 1) / steps)).join('');

function Shelf({ at: [x, y], size: [w, h] }: Fixture) {
  const tall = h > w;
  const bays = Math.max(2, Math.round((tall ? h : w) / 1.4));
  const wide = Math.min(w, h) > 1;
  const spine = tall ? `M${x + w / 2} ${y}v${h}` : `M${x} ${y + h / 2}h${w}`;
  const cross = lines(bays, (share) =>
    tall ? `M${x} ${y + h * share}h${w}` : `M${x + w * share} ${y}v${h}`,
  );
  return (
    <>
      <rect x={x} y={y} width={w} height={h} rx=".15" />
      {wide ? <path d={spine + cross} class="fixture-line" /> : null}
    </>
  );
}

function Table({ at: [x, y], size: [w, h] }: Fixture) {
  const parts = h > 1.6 ? lines(3, (share) => `M${x + w * share} ${y}v${h}`) : '';
  return (
    <>
      <rect x={x} y={y} width={w} height={h} rx=".4" />
      {parts === '' ? null : <path d={parts} class="fixture-line" />}
    </>
  );
}

function Counter({ at: [x, y], size: [w, h] }: Fixture) {
  const tall = h > w;
  const bays = Math.max(2, Math.round((tall ? h : w) / 1.6));
  const cross = lines(bays, (share) =>
    tall ? `M${x} ${y + h * share}h${w}` : `M${x + w * share} ${y}v${h}`,
  );
  return (
    <>
      <rect x={x} y={y} width={w} height={h} rx=".1" />
      <path d={cross} class="fixture-line" />
    </>
  );
}

/** A narrow till is a belt with its scale; a broad one is a group of self-checkouts. */
function Till({ at: [x, y], size: [w, h] }: Fixture) {
  if (w < 1.5) {
    return (
      <>
        <rect x={x} y={y} width={w} height={h} rx=".15" />
        <rect x={x + w} y={y + h * 0.26} width={w} height={w * 1.05} rx=".15" />
      </>
    );
  }
  const side = Math.min(w, h) * 0.36;
  return (
    <>
      {[x, x + w - side].flatMap((left) =>
        [y, y + h - side].map((top) => (
          <rect key={`${left} ${top}`} x={left} y={top} width={side} height={side} rx=".15" />
        )),
      )}
    </>
  );
}

function Round({ at: [x, y], size: [w] }: Fixture) {
  return (
    <>
      <circle cx={x + w / 2} cy={y + w / 2} r={w / 2} />
      {w < 2 ? <circle cx={x + w / 2} cy={y + w / 2} r={w / 4.5} /> : null}
    </>
  );
}

const DRAWINGS = { shelf: Shelf, table: Table, counter: Counter, till: Till, round: Round } as const;

export function Fixtures({ fixtures }: { fixtures: readonly Fixture[] }) {
  return (
    <g class="fixtures">
      {fixtures.map((fixture, index) => {
        const Draw = DRAWINGS[fixture.kind];
        return <Draw key={index} {...fixture} />;
      })}
    </g>
  );
}
