import type { StaffNow } from '../../../edge/contracts/index.js';
import { zoneAt } from './geometry.js';

function silentZones(now: StaffNow): ReadonlySet<string> {
  return new Set(now.zones.flatMap(({ zone, silentSince }) => (silentSince === undefined ? [] : [zone])));
}

/** What stands in a zone where nothing counts any more is a memory, not a person. */
export function countedDots(now: StaffNow): StaffNow['dots'] {
  const silent = silentZones(now);
  if (silent.size === 0) return now.dots;
  return now.dots.filter((dot) => !silent.has(zoneAt(now.policy.zones, dot) ?? ''));
}

/** Where nothing counts, heat would be a guess: the zone is hatched, and its caption says since when. */
export function Hatching({ now }: { now: StaffNow }) {
  const silent = silentZones(now);
  const zones = now.policy.zones.filter(({ id, polygon }) => silent.has(id) && polygon !== undefined);
  if (zones.length === 0) return null;
  return (
    <g>
      <defs>
        <pattern
          id="silent"
          width=".45"
          height=".45"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect class="hatch-ground" width=".45" height=".45" />
          <path class="hatch" d="M0 0V.45" />
        </pattern>
      </defs>
      {zones.map(({ id, polygon = [] }) => (
        <polygon
          key={id}
          class="silent-zone"
          fill="url(#silent)"
          points={polygon.map((point) => point.join()).join(' ')}
        />
      ))}
    </g>
  );
}
