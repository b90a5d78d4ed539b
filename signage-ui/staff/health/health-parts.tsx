import type { ComponentChildren } from 'preact';
import type { Alarm, HealthNow } from '../../../edge/contracts/index.js';
import { clockTime, count, dayMonth, hourMinute } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import { lengthInWords } from '../../shared/messages/index.js';
import { alarmWords, refusalWords, toldFor, wordOf } from '../../shared/messages/told.js';
import type { CertificateRow } from '../desk/api.js';
import { bytesInWords, type DeskTelling } from '../desk/telling.js';
import { hrefOf } from '../route.js';
import { certificateTone, filledTone, isLive, type Tone } from './things.js';

/** One figure of the box: what, how much, and what that means. */
export function Fact(props: {
  name: string;
  figure: ComponentChildren;
  tone?: Tone | undefined;
  lines: readonly (string | undefined)[];
}) {
  return (
    <div class="fact">
      <h3 class="fact-name">{props.name}</h3>
      <p
        class={
          props.tone === undefined || props.tone === 'good'
            ? 'fact-figure'
            : `fact-figure tone-text-${props.tone}`
        }
      >
        {props.figure}
      </p>
      {props.lines.map((line) =>
        line === undefined || line === '' ? null : (
          <p key={line} class="small muted">
            <bdi>{line}</bdi>
          </p>
        ),
      )}
    </div>
  );
}

/** How full something is, as a bar beside its words. */
export function Fill({ share }: { share: number }) {
  const part = Math.min(1, Math.max(0, share));
  return (
    <svg
      class={`fill fill-${filledTone(part)}`}
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect width="100" height="4" class="fill-track" />
      <rect width={part * 100} height="4" class="fill-part" />
    </svg>
  );
}

export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card health-part">
      <h2 class="card-title">{title}</h2>
      {children}
    </section>
  );
}

const ago = (instant: string, { storeMs, messages, desk }: DeskTelling): string =>
  desk.common.age(lengthInWords(storeMs - Date.parse(instant), messages));

const moment = (instant: string, { place }: DeskTelling): string =>
  `${dayMonth(instant, place)} ${hourMinute(instant, place)}`;

export function Alarms({ alarms, telling }: { alarms: readonly Alarm[]; telling: DeskTelling }) {
  const words = telling.desk.health;
  return (
    <Part title={words.alarms}>
      {alarms.length === 0 ? <p class="muted">{words.noAlarms}</p> : null}
      <ul class="alarm-list">
        {alarms.map((alarm) => (
          <li key={alarm.code} class="alarm">
            <Icon name="warning" />
            <div>
              <p>
                <b>
                  <bdi>{alarmWords(alarm, telling.place)}</bdi>
                </b>{' '}
                <span class="small muted">{ago(alarm.since, telling)}</span>
              </p>
              <p class="small">
                <b>{words.cure}:</b>{' '}
                {Object.hasOwn(words.cures, alarm.code) ? words.cures[alarm.code] : words.cureElse}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Classes({ health, telling }: { health: HealthNow; telling: DeskTelling }) {
  const words = telling.desk.health;
  const { locale } = telling.place;
  return (
    <Part title={words.classes}>
      <ul class="plain-list">
        {health.journal.classes.map(({ lane, held, shed }) => {
          const name = Object.entries(words.classNames).find(([id]) => lane.includes(id))?.[1];
          return (
            <li key={lane}>
              <span>
                <b>{lane}</b> <span class="muted">{name}</span>
              </span>
              <span class="plain-value">
                {words.held(count(held, locale))}
                {shed > 0 ? `, ${words.shed(count(shed, locale))}` : null}
              </span>
            </li>
          );
        })}
      </ul>
    </Part>
  );
}

export function Refusals({ health, telling }: { health: HealthNow; telling: DeskTelling }) {
  const words = telling.desk.health;
  const { channels } = words;
  const told = toldFor(telling.place.locale);
  return (
    <Part title={words.refusals(moment(health.startedAt, telling))}>
      {health.refusals.length === 0 ? <p class="muted">{words.noRefusals}</p> : null}
      <ul class="plain-list">
        {health.refusals.slice(0, 10).map(({ reason, channel, count: times }) => (
          <li key={`${reason} ${channel}`}>
            <span>
              <bdi>{refusalWords(told, { reason })}</bdi>{' '}
              <span class="muted">{Object.hasOwn(channels, channel) ? channels[channel] : channel}</span>
            </span>
            <span class="plain-value">{telling.desk.common.times(count(times, telling.place.locale))}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Gaps({ health, telling }: { health: HealthNow; telling: DeskTelling }) {
  const words = telling.desk.health;
  const { locale } = telling.place;
  const { gaps } = toldFor(locale);
  return (
    <Part title={words.gaps}>
      {health.gaps.length === 0 ? <p class="muted">{words.noGaps}</p> : null}
      <ul class="plain-list">
        {health.gaps.slice(0, 10).map((gap) => (
          <li key={gap.eventId}>
            <a href={hrefOf('journal', gap.eventId)}>
              {words.gap(gap.lane, count(gap.from, locale), count(gap.to, locale))}
            </a>
            <span class="plain-value small muted">
              {wordOf<string>(gaps, gap.reason) ?? gap.reason}, {ago(gap.at, telling)}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** What was is told and not coloured: amber is for what somebody can still do something about. */
export function Starts({ health, telling }: { health: HealthNow; telling: DeskTelling }) {
  const words = telling.desk.health;
  return (
    <Part title={words.starts}>
      <ul class="plain-list">
        {health.starts.slice(0, 8).map((start) => (
          <li key={start.at}>
            <time>{`${dayMonth(start.at, telling.place)} ${clockTime(start.at, telling.place)}`}</time>
            <span class={start.before === 'cut off' ? 'plain-value' : 'plain-value muted'}>
              {start.before === undefined ? words.firstStart : words.before[start.before]}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** The store's own and the retailer's, and devices that somebody should look at; the others are only counted. */
export function Certificates(props: { certificates: readonly CertificateRow[]; telling: DeskTelling }) {
  const { telling } = props;
  const words = telling.desk.health;
  const live = props.certificates.filter(isLive);
  const isQuiet = ({ kind, state }: CertificateRow): boolean => kind === 'device' && state === 'good';
  const quiet = live.filter(isQuiet).length;
  if (live.length === 0) return null;
  return (
    <Part title={words.certificates}>
      <ul class="plain-list">
        {live
          .filter((row) => !isQuiet(row))
          .map((row) => (
            <Certificate key={row.serial} row={row} telling={telling} />
          ))}
      </ul>
      {quiet > 0 ? <p class="muted">{words.goodDevices(quiet)}</p> : null}
    </Part>
  );
}

function Certificate({ row, telling }: { row: CertificateRow; telling: DeskTelling }) {
  const words = telling.desk.health;
  const kind = Object.hasOwn(words.certificateKinds, row.kind) ? words.certificateKinds[row.kind] : row.kind;
  const left = Date.parse(row.notAfter) - telling.storeMs;
  const date = dayMonth(row.notAfter, telling.place);
  const cures = toldFor(telling.place.locale).certificateCures;
  return (
    <li>
      <span>
        {kind} <bdi class="muted small">{row.subject}</bdi>
      </span>
      <span class={certificateTone(row) === 'good' ? 'plain-value muted' : 'plain-value tone-text-look'}>
        {left < 0 ? words.ended(date) : words.ends(date, lengthInWords(left, telling.messages))}
      </span>
      {row.cure === undefined ? null : <span class="small">{wordOf(cures, row.kind) ?? row.cure}</span>}
    </li>
  );
}

export function Backups(props: {
  health: HealthNow;
  telling: DeskTelling;
  mayMake: boolean;
  making: boolean;
  onMake(): void;
}) {
  const { health, telling } = props;
  const words = telling.desk.health;
  return (
    <Part title={words.backups}>
      {health.backups.length === 0 ? <p class="muted">{words.noBackups}</p> : null}
      <ul class="plain-list">
        {health.backups.slice(0, 5).map((backup) => (
          <li key={backup.name}>
            <span>
              {moment(backup.at, telling)} <span class="muted small">{ago(backup.at, telling)}</span>
            </span>
            <span class="plain-value">{bytesInWords(backup.bytes, telling.place.locale)}</span>
          </li>
        ))}
      </ul>
      {props.mayMake ? (
        <button type="button" class="button" disabled={props.making} onClick={props.onMake}>
          {props.making ? words.making : words.makeBackup}
        </button>
      ) : null}
      <p class="small muted">{words.carry}</p>
    </Part>
  );
}
