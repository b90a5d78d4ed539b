interface SparklineProps {
  readonly values: readonly number[];
  readonly usual: readonly number[] | undefined;
  /** Half-hours of a whole opening day, so that one sees what is still to come. */
  readonly slots: number;
  /** A level (out of stock, screens) is drawn in steps, a flow in lines. */
  readonly steps: boolean;
}

const WIDTH = 188;
const HEIGHT = 44;
const INSET = 4;

function path(
  values: readonly number[],
  x: (slot: number) => number,
  y: (value: number) => number,
  steps: boolean,
): string {
  return values
    .map((value, slot) => {
      if (slot === 0) return `M${x(0).toFixed(1)} ${y(value).toFixed(1)}`;
      return steps
        ? `H${x(slot).toFixed(1)}V${y(value).toFixed(1)}`
        : `L${x(slot).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
}

/** Today as a line that ends in a dot, over the usual day, dashed. The words below it carry the comparison. */
export function Sparkline({ values, usual, slots, steps }: SparklineProps) {
  const most = Math.max(1, ...values, ...(usual ?? []));
  const across = Math.max(slots, values.length, usual?.length ?? 0) - 1;
  const x = (slot: number): number => INSET + (slot / Math.max(1, across)) * (WIDTH - 2 * INSET);
  const y = (value: number): number => HEIGHT - INSET - (Math.max(0, value) / most) * (HEIGHT - 2 * INSET);
  const last = values.length - 1;
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
      focusable="false"
      preserveAspectRatio="none"
    >
      {usual === undefined ? null : <path class="spark-usual" d={path(usual, x, y, steps)} />}
      {last < 0 ? null : (
        <>
          <path class="spark-today" d={path(values, x, y, steps)} />
          <path class="spark-dot" d={`M${x(last).toFixed(1)} ${y(values[last] ?? 0).toFixed(1)}h.01`} />
        </>
      )}
    </svg>
  );
}
