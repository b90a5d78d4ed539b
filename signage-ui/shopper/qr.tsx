import { useMemo } from 'preact/hooks';
import { create } from 'qrcode';

/** Quiet margin of four modules, as scanners expect; black on pure white whatever the colours of the page. */
const MARGIN = 4;

/**
 * The lowest level of correction: a phone's screen has no torn corner, and its modules are a third larger than at the
 * next level, which a scanner needs more.
 */
const CORRECTION = 'L';

function pathOf(text: string): { readonly size: number; readonly path: string } {
  const { modules } = create(text, { errorCorrectionLevel: CORRECTION });
  let path = '';
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) === 0) continue;
      let end = column;
      while (end < modules.size && modules.get(row, end) !== 0) end += 1;
      path += `M${column} ${row}h${end - column}v1h${column - end}z`;
      column = end;
    }
  }
  return { size: modules.size, path };
}

/** The code drawn on this phone: no picture is fetched, nobody else sees the token. */
export function Qr({ text, label, class: className }: { text: string; label: string; class: string }) {
  const { size, path } = useMemo(() => pathOf(text), [text]);
  return (
    <svg
      class={className}
      viewBox={`${-MARGIN} ${-MARGIN} ${size + 2 * MARGIN} ${size + 2 * MARGIN}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect x={-MARGIN} y={-MARGIN} width={size + 2 * MARGIN} height={size + 2 * MARGIN} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
