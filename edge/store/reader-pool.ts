import type { Family, Lane } from '../contracts/index.js';
import type { SegmentFile } from './catalogue.js';
import type { SegmentReader } from './read-segment.js';

export interface ReaderEvents {
  /** A row or page could not be read; the writer should repair the segment. */
  onDamage(file: SegmentFile, what: string): void;
  /** Records of a lane are in no file and in no declared gap. */
  onHole(lane: Lane, from: number, to: number): void;
}

/** Readers of the segments, opened at need, least recently used closed first. */
export interface ReaderPool {
  /** Run `work` on a segment; `otherwise` when it is gone or damaged (then the writer hears of it). */
  use<T>(file: SegmentFile, otherwise: T, work: (reader: SegmentReader) => T): T;
  family(name: Family): readonly SegmentFile[];
}
