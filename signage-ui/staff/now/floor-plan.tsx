import { useMemo } from 'preact/hooks';
import type { StaffNow, Zone, ZoneNow } from '../../../edge/contracts/index.js';
import { count, type Place } from '../../shared/format.js';
import type { Messages } from '../../shared/messages/index.js';
import { lengthInWords } from '../../shared/messages/index.js';
import { AsOf } from '../desk/dated.js';
import { Fixtures } from './fixtures.js';
import { boxOf, doors, innerBorders, onTheFloor, wallPath, zoneAt } from './geometry.js';
import { type Floor, heatBands, heatScale, staysOf } from './heat.js';
import { type LabelRoom, labelRoom } from './label-room.js';
import { PlanList } from './plan-list.js';
import { countedDots, Hatching } from './silent.js';

/** A screen's name is wider nowhere; it would cover what it stands on. */
const SCREEN_NAME_PX = 160;

interface PlanProps {
  readonly now: StaffNow;
  readonly messages: Messages;
  readonly place: Place;
  /** Epoch ms by the store's clock. */
  readonly storeMs: number;
}

/** Where a label stands, as shares of the plan: labels are text, so that they never shrink with the drawing. */
const spot = (floor: Floor, x: number, y: number) => ({
  left: `${(x / floor.widthM) * 100}%`,
  top: `${(y / floor.heightM) * 100}%`,
});

const share = (floor: Floor, metres: number | undefined): string =>
  `${((metres ?? floor.widthM) / floor.widthM) * 100}%`;

function floorOf(now: StaffNow): Floor | undefined {
  if (now.policy.plan !== undefined) return now.policy.plan;
  const corners = now.policy.zones.flatMap((zone) => zone.polygon ?? []);
  if (corners.length === 0) return undefined;
  const { right, bottom } = boxOf(corners);
  return { widthM: right, heightM: bottom };
}

function Heat({ now, floor }: { now: StaffNow; floor: Floor }) {
  const bands = useMemo(() => {
    const stays = staysOf(countedDots(now), now.zones, (dot) => zoneAt(now.policy.zones, dot));
    return heatBands(stays, floor, heatScale(now.zones));
  }, [now.dots, now.zones]);
  return (
    <g>
      {bands.map((band, index) => (
        <path key={band.from} class={`heat-${index + 1}`} d={band.path} />
      ))}
    </g>
  );
}

function ZoneCaption(props: {
  zone: Zone;
  seen: ZoneNow | undefined;
  floor: Floor;
  widthM: number | undefined;
  messages: Messages;
  storeMs: number;
}) {
  const { zone, seen, floor, messages, storeMs } = props;
  if (zone.polygon === undefined) return null;
  const { left, top, right } = boxOf(zone.polygon);
  const words = messages.staff.floor;
  const people = seen?.people ?? 0;
  const length = lengthInWords((seen?.stayMinutes ?? 0) * 60_000, messages);
  const stay = zone.kind === 'checkout' ? words.wait(length) : words.stay(length);
  const silent = seen?.silentSince;
  const said =
    silent === undefined
      ? undefined
      : words.counterSilent(lengthInWords(storeMs - Date.parse(silent), messages));
  return (
    <div
      class={silent === undefined ? 'zone-caption' : 'zone-caption zone-caption-silent'}
      style={{
        ...spot(floor, left, top),
        '--room': share(floor, props.widthM),
        '--whole': share(floor, right - left),
      }}
    >
      <bdi class="zone-name" title={zone.name}>
        {zone.name}
      </bdi>
      <span class="zone-people">
        {said ?? (people === 0 ? words.empty : `${words.people(people)}, ${stay}`)}
      </span>
    </div>
  );
}

function Screens({ now, floor, room, messages, storeMs }: PlanProps & { floor: Floor; room: LabelRoom }) {
  return (
    <>
      {now.policy.screens.map((screen) => {
        if (screen.at === undefined) return null;
        const status = now.screens.find((candidate) => candidate.screen === screen.id);
        const silent = status !== undefined && !status.up;
        const name = screen.name ?? screen.id;
        const age = lengthInWords(storeMs - Date.parse(status?.since ?? ''), messages);
        return (
          <div
            key={screen.id}
            class={silent ? 'screen-label screen-silent' : 'screen-label'}
            style={{
              ...spot(floor, screen.at[0], screen.at[1]),
              maxWidth: `min(${SCREEN_NAME_PX}px, ${share(floor, room.screens.get(screen.id))})`,
            }}
          >
            <span class="screen-bar" />
            <span class="screen-words">
              <bdi class="screen-name" title={name}>
                {name}
              </bdi>
              {silent ? <span>{` ${messages.staff.floor.silentFor(age)}`}</span> : null}
            </span>
          </div>
        );
      })}
    </>
  );
}

function Drawing({ now, floor }: { now: StaffNow; floor: Floor }) {
  const open = useMemo(() => doors(now.policy.zones), [now.policy.zones]);
  const dots = useMemo(
    () => countedDots(now).map((dot) => onTheFloor(dot, now.policy, floor)),
    [now.dots, now.zones],
  );
  const borders = useMemo(() => innerBorders(now.policy.zones, floor), [now.policy.zones]);
  return (
    <svg
      class="plan-drawing"
      viewBox={`-.1 -.1 ${floor.widthM + 0.2} ${floor.heightM + 0.2}`}
      aria-hidden="true"
    >
      <Heat now={now} floor={floor} />
      <Hatching now={now} />
      <path class="zone-border" d={borders} />
      <Fixtures fixtures={now.policy.fixtures ?? []} />
      <path class="wall" d={wallPath(floor, open)} />
      {open.map((door) => {
        const x = (door.from + door.to) / 2;
        const [tail, tip] = door.way === 'in' ? [0.4, 1.2] : [1.2, 0.4];
        const head = door.way === 'in' ? 0.35 : -0.35;
        const y = (m: number): number => floor.heightM - m;
        return (
          <path
            key={door.way}
            class="door-arrow"
            d={`M${x} ${y(tail)}V${y(tip)}M${x - 0.35} ${y(tip) + head}L${x} ${y(tip)}L${x + 0.35} ${y(tip) + head}`}
          />
        );
      })}
      <g class="dots">
        {dots.map((dot, index) => (
          <circle key={index} cx={dot.x} cy={dot.y} r=".22" />
        ))}
      </g>
    </svg>
  );
}

function Plan(props: PlanProps & { floor: Floor }) {
  const { now, floor, messages } = props;
  const silent = now.screens.flatMap(({ screen, up }) => (up ? [] : [screen]));
  const room = useMemo(() => labelRoom(now.policy, floor, new Set(silent)), [now.policy, silent.join()]);
  return (
    <div class="plan" style={{ aspectRatio: `${floor.widthM} / ${floor.heightM}` }}>
      <Drawing now={now} floor={floor} />
      {now.policy.zones.map((zone) => (
        <ZoneCaption
          key={zone.id}
          zone={zone}
          seen={now.zones.find((candidate) => candidate.zone === zone.id)}
          floor={floor}
          widthM={room.zones.get(zone.id)}
          messages={messages}
          storeMs={props.storeMs}
        />
      ))}
      <Screens {...props} room={room} />
      {(now.policy.fixtures ?? []).map((fixture, index) =>
        fixture.label === undefined ? null : (
          <bdi
            key={index}
            class="fixture-label"
            style={spot(floor, fixture.at[0] + fixture.size[0] / 2, fixture.at[1] + fixture.size[1])}
          >
            {fixture.label}
          </bdi>
        ),
      )}
    </div>
  );
}

export function FloorCard(props: PlanProps) {
  const { now, messages } = props;
  const words = messages.staff.floor;
  const floor = floorOf(now);
  const scale = heatScale(now.zones);
  const counted = now.zones.filter(({ silentSince }) => silentSince === undefined);
  const people = counted.reduce((sum, zone) => sum + zone.people, 0);
  const silent = now.zones
    .filter(({ silentSince }) => silentSince !== undefined)
    .map(({ zone }) => now.policy.zones.find(({ id }) => id === zone)?.name ?? zone);
  return (
    <section class="card floor" aria-label={words.plan}>
      <header class="floor-head">
        <h2 class="card-title">{words.title}</h2>
        <p class="muted">
          {people === 0 ? words.empty : words.counted(people, count(people, props.place.locale))}
          {silent.length === 0 ? '' : `, ${words.notCounted(silent.join(', '))}`}
        </p>
        <AsOf telling={{ messages, place: props.place }} />
        <p class="heat-legend muted small">
          <span class="heat-legend-word">{words.stayLegend}</span>
          {scale.steps.map((step, index) => (
            <span key={step} class="heat-swatch-pair">
              <span class={`heat-swatch heat-swatch-${index + 1}`} />
              {step} {words.units[scale.unit]}
            </span>
          ))}
        </p>
      </header>
      {floor === undefined ? <p class="empty">{words.noPlan}</p> : <Plan {...props} floor={floor} />}
      <PlanList now={now} messages={messages} storeMs={props.storeMs} />
      {people === 0 && now.figures.every((figure) => figure.value === 0) ? (
        <p class="empty empty-low">{words.noPeople}</p>
      ) : null}
    </section>
  );
}
