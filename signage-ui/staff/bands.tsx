import type { StaffNow } from '../../edge/contracts/index.js';
import { clockTime, count, hourMinute } from '../shared/format.js';
import { Icon } from '../shared/icons.js';
import { lengthInWords, type Messages } from '../shared/messages/index.js';
import { alarmWords, linkDetail, toldFor } from '../shared/messages/told.js';
import { useNow } from '../shared/ticking.js';
import { TryAgain } from '../shared/try-again.js';
import { type Room, readRoom } from './api.js';
import { broughtBack, forgetBack } from './brought-back.js';
import { usePolled } from './desk/poll.js';
import { ReasonAfter } from './desk/reason-after.js';
import { useMay } from './desk/role.js';
import type { StaffState } from './state.js';

/** How long there is room changes slowly. */
const ROOM_MS = 60_000;
/** Longer than the journal keeps anything: saying more would be a false promise of precision. */
const LONG_S = 30 * 86_400;

/** What stands across the page because it concerns all of it: server gone, stopped offers, no HQ, alarms. */

/** Nothing to say while the store runs too short to know how fast its journal grows. */
function roomInWords(room: Room | undefined, messages: Messages): string | undefined {
  const words = messages.staff.offline;
  const { bytesPerHour, roomS } = room?.journal ?? {};
  if (bytesPerHour === undefined) return undefined;
  return roomS === undefined || roomS > LONG_S
    ? words.roomLong
    : words.room(lengthInWords(roomS * 1_000, messages));
}

function OfflineBand({ now, state }: { now: StaffNow; state: StaffState }) {
  const messages = state.messages.value;
  const words = messages.staff.offline;
  const place = state.place.value;
  const storeMs = state.storeMs(useNow(1_000));
  const room = roomInWords(usePolled(readRoom, ROOM_MS).value, messages);
  const { nextTryAt } = now.link;
  const tryS = nextTryAt === undefined ? 0 : Math.ceil((Date.parse(nextTryAt) - storeMs) / 1_000);
  const facts: readonly (readonly [string, string])[] = [
    [words.waiting(count(now.link.waiting, place.locale)), words.waitingRest],
    [words.oldest(lengthInWords(now.link.oldestWaitingS * 1_000, messages)), words.oldestRest],
    ...(room === undefined ? [] : [[room, words.roomRest] as const]),
    [
      tryS > 0 ? messages.common.nextTry(messages.common.seconds(tryS)) : words.tries,
      `${words.lastWord(clockTime(now.link.since, place))}, ${linkDetail(now.link, place) ?? words.lastWordRest}`,
    ],
  ];
  return (
    <section class="band band-offline">
      <div class="band-main">
        <h2>{words.title}</h2>
        <p>{words.text}</p>
      </div>
      {facts.map(([title, rest]) => (
        <div class="band-fact" key={rest}>
          <b>{title}</b>
          <span>{rest}</span>
        </div>
      ))}
    </section>
  );
}

function Stops({ now, state }: { now: StaffNow; state: StaffState }) {
  const words = state.messages.value.staff.stop;
  const place = state.place.value;
  const { why } = toldFor(place.locale);
  const may = useMay();
  const back = broughtBack.value;
  return (
    <>
      {now.stops.map((stop) => {
        const time = hourMinute(stop.at, place);
        return (
          <div class="band band-act band-why" key={stop.stopId}>
            <Icon name="refused" />
            <bdi role="status">
              {stop.scope === 'all' ? words.band(time) : words.campaign(stop.scope.campaign, time)}
            </bdi>
            {stop.reason === '' ? (
              may('stop') ? (
                <ReasonAfter stopId={stop.stopId} kind="stop" place={place} />
              ) : null
            ) : (
              <bdi>{why.stands(stop.reason)}</bdi>
            )}
          </div>
        );
      })}
      {back === undefined ? null : (
        <div class="band band-look band-why">
          <Icon name="check" />
          <span role="status">{why.broughtBack}</span>
          <ReasonAfter key={back} stopId={back} kind="undo" place={place} onSaid={forgetBack} />
        </div>
      )}
    </>
  );
}

/** The page's own link to the store: gone or old. */
export function ServerBand({ state }: { state: StaffState }) {
  const deviceMs = useNow(1_000);
  const { state: link, sinceMs } = state.server.value;
  const { common } = state.messages.value;
  if (link !== 'gone' && link !== 'stale') return null;
  const text =
    link === 'gone'
      ? common.gone(clockTime(state.storeMs(sinceMs), state.place.value))
      : common.stale(lengthInWords(deviceMs - sinceMs, state.messages.value));
  return (
    <div class="band band-look band-server">
      <Icon name="offline" />
      <p role="status">{text}</p>
      <TryAgain nextTry={state.nextTry} messages={state.messages.value} />
    </div>
  );
}

export function Bands({ now, state }: { now: StaffNow; state: StaffState }) {
  return (
    <>
      <Stops now={now} state={state} />
      {now.link.state === 'offline' ? <OfflineBand now={now} state={state} /> : null}
      {now.alarms.map((alarm) => (
        <p class="band band-look" key={alarm.code} role="status">
          <Icon name="warning" />
          <span>
            <bdi>{alarmWords(alarm, state.place.value)}</bdi>{' '}
            <span class="small">{hourMinute(alarm.since, state.place.value)}</span>
          </span>
        </p>
      ))}
    </>
  );
}
