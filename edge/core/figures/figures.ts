import type { Figure } from '../../contracts/index.js';
import type { Step } from '../step.js';
import { addDays, isoOf, minuteOf } from '../time.js';
import { type FigureDay, type FigureState, HALF_HOURS, type SummedFigure } from './state.js';

const HALF_HOUR_MINUTES = 30;
/** Eight weeks of the same weekday, and today. */
const DAYS_KEPT = 57;

/** Where on the time line of a day something is counted. */
export interface Slot {
  readonly day: string;
  readonly slot: number;
}

export function slotNow(step: Step): Slot {
  const { day, minute } = step.derived.clock.at(step.nowMs);
  return { day, slot: Math.floor(minute / HALF_HOUR_MINUTES) };
}

export function countNow(step: Step, figure: SummedFigure, amount = 1): void {
  count(step, figure, { at: slotNow(step), amount });
}

export function count(step: Step, figure: SummedFigure, what: { at: Slot; amount: number }): void {
  const halfHours = dayOf(step.state.figures, what.at.day)[figure];
  halfHours[what.at.slot] = (halfHours[what.at.slot] ?? 0) + what.amount;
}

export function noteSoldOut(step: Step, sku: string, soldOut: boolean): void {
  if (soldOut) step.state.figures.soldOut.set(sku, 1);
  else step.state.figures.soldOut.delete(sku);
  noteLevels(step);
}

/** Levels rather than sums: the half hour shows the latest. A new day begins with those of the day before. */
export function noteLevels(step: Step): void {
  const { figures } = step.state;
  const { day, slot } = slotNow(step);
  dayOf(figures, day)['out-of-stock'][slot] = figures.soldOut.size;
}

function dayOf(state: FigureState, day: string): FigureDay {
  let row = state.days.get(day);
  if (row === undefined) {
    const empty = () => new Array<number>(HALF_HOURS).fill(0);
    const weekday = ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
    row = {
      weekday,
      offers: empty(),
      taken: empty(),
      withheld: empty(),
      turnover: empty(),
      sales: empty(),
      receipts: empty(),
      'out-of-stock': empty().fill(-1),
    };
    state.days.set(day, row);
  }
  return row;
}

export function pruneFigures(state: FigureState, today: string): void {
  const oldest = addDays(today, -DAYS_KEPT);
  for (const day of state.days.keys()) if (day < oldest) state.days.delete(day);
}

export interface FigureAt {
  readonly today: string;
  /** Half hour of the day that is running. */
  readonly slot: number;
  readonly atMs: number;
  readonly opensAt?: string | undefined;
  readonly closesAt?: string | undefined;
}

const UNITS: Readonly<Record<SummedFigure, Figure['unit']>> = {
  offers: 'offers',
  taken: 'offers',
  withheld: 'offers',
  turnover: 'minor',
  'out-of-stock': 'products',
  sales: 'minor',
  receipts: 'receipts',
};

/**
 * Figures of today beside the mean of the same weekday before. `halfHours[0]` is the half hour in which the store
 * opens (midnight where no hours are set); what was counted before it stands in it too.
 */
export function figuresAt(state: FigureState, at: FigureAt): Figure[] {
  const today = state.days.get(at.today);
  const first = at.opensAt === undefined ? 0 : Math.floor(minuteOf(at.opensAt) / HALF_HOUR_MINUTES);
  const last = at.closesAt === undefined ? HALF_HOURS : Math.ceil(minuteOf(at.closesAt) / HALF_HOUR_MINUTES);
  const total = (id: SummedFigure) => sum(today?.[id] ?? []);
  const of: Partial<Record<SummedFigure, number>> = {
    taken: total('offers'),
    withheld: total('offers') + total('withheld'),
  };
  return (Object.keys(UNITS) as SummedFigure[]).map((id) => {
    const usual = usualOf(state, id, { today: at.today, first, last });
    return {
      id,
      value: id === 'out-of-stock' ? state.soldOut.size : total(id),
      ...(of[id] === undefined ? {} : { of: of[id] }),
      unit: UNITS[id],
      halfHours: line(id, today?.[id], { first, until: Math.max(first, at.slot) + 1 }),
      ...(usual === undefined ? {} : { usual }),
      updatedAt: isoOf(at.atMs),
    };
  });
}

function usualOf(
  state: FigureState,
  id: SummedFigure,
  range: { today: string; first: number; last: number },
): number[] | undefined {
  const lines: number[][] = [];
  for (let weeks = 1; weeks <= 8; weeks += 1) {
    const row = state.days.get(addDays(range.today, -7 * weeks));
    if (row !== undefined) lines.push(line(id, row[id], { first: range.first, until: range.last }));
  }
  if (lines.length === 0) return undefined;
  const means = lines[0]!.map(
    (_value, index) => sum(lines.map((values) => values[index] ?? 0)) / lines.length,
  );
  return means.map((mean) => Math.round(mean * 10) / 10);
}

/** Sums: what lies before the first half hour is added to it. Levels: the last known carries on. */
function line(
  id: SummedFigure,
  values: readonly number[] | undefined,
  range: { first: number; until: number },
): number[] {
  const shown: number[] = [];
  let level = 0;
  let before = 0;
  for (let slot = 0; slot < Math.min(range.until, HALF_HOURS); slot += 1) {
    const value = values?.[slot] ?? 0;
    if (id === 'out-of-stock') {
      if (values !== undefined && value >= 0) level = value;
      if (slot >= range.first) shown.push(level);
    } else if (slot < range.first) before += value;
    else shown.push(slot === range.first ? value + before : value);
  }
  return shown;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
