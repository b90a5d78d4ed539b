export const HALF_HOURS = 48;

/** Sums by half hour of one store-local day. */
export interface FigureDay {
  readonly weekday: number;
  offers: number[];
  taken: number[];
  withheld: number[];
  turnover: number[];
  sales: number[];
  receipts: number[];
  'out-of-stock': number[];
}
export type SummedFigure = Exclude<keyof FigureDay, 'weekday'>;

export interface FigureState {
  /** YYYY-MM-DD → sums, 57 days. */
  days: Map<string, FigureDay>;
  /** Products sold out now. */
  soldOut: Map<string, 1>;
}

export function createFigureState(): FigureState {
  return { days: new Map(), soldOut: new Map() };
}
