import type { StaffNow } from '../../edge/contracts/index.js';
import { clockTime, count, hourMinute } from '../shared/format.js';
import { Icon } from '../shared/icons.js';
import { lengthInWords } from '../shared/messages/index.js';
import { useNow } from '../shared/ticking.js';
import type { StaffState } from './state.js';

/** What stands across the page because it concerns all of it: server gone, stopped offers, no HQ, alarms. */

function OfflineBand({ now, state }: { now: StaffNow; state: StaffState }) {
  const messages = state.messages.value;
  const words = messages.staff.offline;
  const place = state.place.value;
  const facts: readonly (readonly [string, string])[] = [
    [words.waiting(count(now.link.waiting, place.locale)), words.waitingRest],
    [words.oldest(lengthInWords(now.link.oldestWaitingS * 1_000, messages)), words.oldestRest],
    [words.lastWord(clockTime(now.link.since, place)), now.link.detail ?? words.lastWordRest],
  ];
  return (
    <section class="band band-offline">
      <div class="band-main">
        <h2>{words.title}</h2>
        <p>{words.text}</p>
      </div>
      {facts.map(([title, rest]) => (
        <div class="band-fact" key={title}>
          <b>{title}</b>
          <span>{rest}</span>
        </div>
      ))}
    </section>
  );
}

function Stops({ now, state }: { now: StaffNow; state: StaffState }) {
  const words = state.messages.value.staff.stop;
  return (
    <>
      {now.stops.map((stop) => {
        const time = hourMinute(stop.at, state.place.value);
        return (
          <p class="band band-act" key={stop.stopId} role="status">
            <Icon name="refused" />
            <bdi>{stop.scope === 'all' ? words.band(time) : words.campaign(stop.scope.campaign, time)}</bdi>
          </p>
        );
      })}
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
    <p class="band band-look" role="status">
      <Icon name="offline" />
      {text}
    </p>
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
            <bdi>{alarm.text}</bdi> <span class="small">{hourMinute(alarm.since, state.place.value)}</span>
          </span>
        </p>
      ))}
    </>
  );
}
