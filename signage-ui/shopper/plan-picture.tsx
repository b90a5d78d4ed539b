/** A made-up shop with one aisle shaded and nobody in it: shows what "the aisle" means, and how little that is. */
export function PlanPicture({ aisle, label }: { aisle: string; label: string }) {
  const shelves = [118, 142, 166, 190];
  return (
    <div class="card plan-picture">
      <svg viewBox="0 0 320 204" role="img" aria-label={label}>
        <rect class="plan-aisle" x="103" y="18" width="117" height="109" />
        <g class="plan-furniture">
          <rect x="8" y="48" width="6" height="70" rx="1.5" />
          {[49, 77].map((y) =>
            [22, 61].map((x) => (
              <g key={`${x} ${y}`}>
                <rect x={x} y={y} width="31" height="16" rx="4" />
                <path d={`M${x + 10.5} ${y}v16M${x + 20.5} ${y}v16`} />
              </g>
            )),
          )}
          <rect x="22" y="104" width="31" height="11" rx="4" />
          <rect x="61" y="104" width="31" height="11" rx="4" />
          {shelves.map((x) => (
            <g key={x}>
              <rect x={x} y="48" width="11" height="63" rx="1.5" />
              <path d={`M${x + 5.5} 48v63M${x} 59h11M${x} 69h11M${x} 80h11M${x} 90h11M${x} 100h11`} />
            </g>
          ))}
          <path d="M241 48h63v58h-12V60h-51zM252 48v12M264 48v12M276 48v12M292 72h12M292 84h12M292 96h12" />
          <circle cx="238" cy="89" r="8.5" />
          <circle cx="266" cy="89" r="8.5" />
          {[130, 159, 188, 217].map((x) => (
            <g key={x}>
              <rect x={x} y="150" width="6" height="24" rx="1.5" />
              <rect x={x + 6.5} y="156" width="6" height="7" rx="1.5" />
            </g>
          ))}
          {[253, 268].map((x) =>
            [151, 165].map((y) => <rect key={`${x} ${y}`} x={x} y={y} width="8" height="8" rx="1.5" />),
          )}
          <rect x="10" y="156" width="19" height="10" rx="1.5" />
          <circle cx="87" cy="171" r="7" />
          <circle cx="87" cy="171" r="3.5" />
        </g>
        <path class="plan-border" d="M8 127h304M103 18v168M220 18v109" />
        <path class="plan-wall" d="M26 186H5V18h310v168h-15M52 186h221" />
      </svg>
      <span class="plan-aisle-name">{aisle}</span>
    </div>
  );
}
