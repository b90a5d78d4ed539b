import type { Figure, StaffNow } from '../../../edge/contracts/index.js';
import { count, hourMinute, money, type Place, weekday } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import { lengthInWords, type Messages } from '../../shared/messages/index.js';
import { Sparkline } from './sparkline.js';

/** The six of the page, in this order; others that a store sends are for later pages. */
const SHOWN: readonly Figure['id'][] = [
  'offers',
  'taken',
  'withheld',
  'turnover',
  'out-of-stock',
  'screens-up',
];
const LEVELS: readonly Figure['id'][] = ['out-of-stock', 'screens-up'];
/** A figure not renewed for this long is old and says so. */
const OLD_MS = 20 * 60_000;
const USUAL_SLOTS = 26;
const TICKS_MAX = 9;

interface Reading {
  readonly messages: Messages;
  readonly place: Place;
  readonly storeMs: number;
}

const isLevel = (figure: Figure): boolean => LEVELS.includes(figure.id);

/** By how much the figure differs from the usual day up to the same half-hour. */
export function difference(figure: Figure): number | undefined {
  const { usual, halfHours } = figure;
  if (usual === undefined || halfHours.length === 0) return undefined;
  if (isLevel(figure)) return figure.value - (usual[halfHours.length - 1] ?? usual.at(-1) ?? 0);
  return figure.value - usual.slice(0, halfHours.length).reduce((sum, value) => sum + value, 0);
}

function written(figure: Figure, amount: number, place: Place): string {
  return figure.unit === 'minor' ? money(amount, place) : count(Math.round(amount), place.locale);
}

/** By how much, with its unit. */
function amountWords(figure: Figure, amount: number, { messages, place }: Reading): string {
  const size = written(figure, amount, place);
  const { units } = messages.staff.figures;
  return figure.unit === 'minor' ? size : `${size} ${units[figure.unit](Math.round(amount))}`;
}

function comparison(figure: Figure, reading: Reading): string {
  const words = reading.messages.staff.figures;
  const by = difference(figure);
  if (by === undefined) return figure.halfHours.length === 0 ? words.now : words.firstDay;
  const size = amountWords(figure, Math.abs(by), reading);
  if (Math.round(by) === 0) return words.usual;
  return by > 0 ? words.more(size) : words.fewer(size);
}

function Words({
  figure,
  reading,
  silent,
}: {
  figure: Figure;
  reading: Reading;
  silent: string | undefined;
}) {
  const age = reading.storeMs - Date.parse(figure.updatedAt);
  if (age > OLD_MS) {
    return (
      <p class="stat-words stat-look">
        <Icon name="history" small />
        {reading.messages.staff.figures.old(lengthInWords(age, reading.messages))}
      </p>
    );
  }
  if (silent !== undefined) {
    return (
      <p class="stat-words stat-look">
        <bdi>{silent}</bdi>
      </p>
    );
  }
  return (
    <p class="stat-words muted">
      {comparison(figure, reading)}
      {figure.usual === undefined ? null : <span class="usual-mark" />}
    </p>
  );
}

/** A level without a past: one small screen each, hollow where it is down. */
function ScreenTicks({ up, of }: { up: number; of: number }) {
  return (
    <div class="screen-ticks" aria-hidden="true">
      {Array.from({ length: Math.min(of, TICKS_MAX) }, (_, index) => (
        <span key={index} class={index < up ? 'screen-tick' : 'screen-tick screen-tick-down'} />
      ))}
    </div>
  );
}

function Stat({ figure, reading, silent }: { figure: Figure; reading: Reading; silent: string | undefined }) {
  const words = reading.messages.staff.figures;
  const old = reading.storeMs - Date.parse(figure.updatedAt) > OLD_MS;
  const unit = figure.unit === 'minor' ? undefined : words.units[figure.unit](figure.value);
  const { of, unit: kind } = figure;
  const rest = of === undefined || kind === 'minor' ? unit : words.of[kind](count(of, reading.place.locale));
  return (
    <div class={old ? 'stat stat-old' : 'stat'}>
      <h3 class="stat-name">{words.names[figure.id]}</h3>
      <p class="stat-figure">
        {written(figure, figure.value, reading.place)}{' '}
        {rest === undefined ? null : <span class="stat-unit">{rest}</span>}
      </p>
      {figure.halfHours.length === 0 && figure.of !== undefined ? (
        <ScreenTicks up={figure.value} of={figure.of} />
      ) : (
        <Sparkline
          values={figure.halfHours}
          usual={figure.usual}
          slots={USUAL_SLOTS}
          steps={isLevel(figure)}
        />
      )}
      <Words figure={figure} reading={reading} silent={silent} />
    </div>
  );
}

/** The first screen that is down, in words, under the figure that counts them. */
function silentScreen(now: StaffNow, reading: Reading): string | undefined {
  const down = now.screens.filter((screen) => !screen.up);
  const [first] = down;
  if (first === undefined) return undefined;
  const age = lengthInWords(reading.storeMs - Date.parse(first.since), reading.messages);
  return reading.messages.staff.floor.silent(first.name, age);
}

/** Screens are counted from what they say of themselves, where the store sends no figure of its own. */
function screensUp(now: StaffNow): Figure {
  const value = now.screens.filter((screen) => screen.up).length;
  return {
    id: 'screens-up',
    unit: 'screens',
    value,
    of: now.screens.length,
    halfHours: [],
    updatedAt: now.at,
  };
}

export function Stats({ now, reading }: { now: StaffNow; reading: Reading }) {
  const words = reading.messages.staff.figures;
  const sent = now.figures.some((figure) => figure.id === 'screens-up')
    ? now.figures
    : [...now.figures, screensUp(now)];
  const figures = SHOWN.flatMap((id) => sent.filter((figure) => figure.id === id));
  const compared = figures.some((figure) => figure.usual !== undefined);
  return (
    <section aria-labelledby="today" class="today">
      <p class="today-line">
        <b id="today">
          <time class="as-of">{words.today(hourMinute(now.at, reading.place))}</time>
        </b>{' '}
        <span class="muted">{compared ? words.against(weekday(now.at, reading.place)) : words.noUsual}</span>
      </p>
      <div class="card stats">
        {figures.map((figure) => (
          <Stat
            key={figure.id}
            figure={figure}
            reading={reading}
            silent={figure.id === 'screens-up' ? silentScreen(now, reading) : undefined}
          />
        ))}
      </div>
    </section>
  );
}
