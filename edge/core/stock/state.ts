/** What is known of one product. Counting is free of order: a late reading or sale settles to the same level. */
export interface StockEntry {
  /** Pieces at the last feed and when that was. */
  feed: [count: number, atMs: number] | null;
  /** The feed's own figure, to tell a new feed from a repeated one. */
  feedSaid: number | null;
  shelves: [shelf: string, count: number, atMs: number][];
  /** Till movements that the readings may not yet contain: [when, pieces out]. */
  sales: [atMs: number, pieces: number][];
  /** Last level told, `null` before the first. */
  told: number | null;
  /** Pieces sold since the last feed, and by the hour; absent until the first sale. */
  soldSinceFeed?: number;
  soldHours?: [hour: number, pieces: number][];
  /** When anything last spoke of it, and since when there has been none. */
  spokenMs?: number;
  outSinceMs?: number;
}
export interface StockState {
  entries: Map<string, StockEntry>;
}

export function createStockState(): StockState {
  return { entries: new Map() };
}
