import Database from 'better-sqlite3';
import type { Family } from '../contracts/classes.js';
import type { SegmentFile } from './catalogue.js';
import { inspectSegment } from './inspect.js';
import { salvageSegment } from './salvage.js';
import { dropFiles, openSegment, type Segment, sizeOf } from './segment.js';
import { NO_HEADS, type WriterState } from './state.js';
import type { Witness } from './witness.js';

export interface Opening {
  readonly segment: Segment | undefined;
  /** Set when the segment was not whole: it has been rewritten from what could be saved, or is gone. */
  readonly damage: string | undefined;
}

export function openActive(
  state: WriterState,
  files: SegmentFile[],
  wish: { family: Family; witness: Witness | undefined },
): Opening {
  const expected = (wish.family === 'keep' ? wish.witness?.keepOffset : wish.witness?.bulkOffset) ?? 0;
  const file = newestBegun(state, files, { family: wish.family, expected });
  if (file === undefined) {
    return { segment: undefined, damage: expected > 0 ? `the files of ${wish.family} are gone` : undefined };
  }
  const found = inspectSegment(file, state.options, expected);
  if (found.segment !== undefined) return { segment: found.segment, damage: undefined };
  const saved = salvageSegment(file, {
    ...state.options,
    ...(wish.witness === undefined ? {} : { lastOffset: wish.witness.offset }),
    endHeads: wish.witness?.heads ?? NO_HEADS.lanes,
    wanted: () => true,
    release: found.release,
  });
  return {
    segment: openSegment(file, state.options),
    damage: `${found.damage}: ${saved.rows} events saved, original set aside as ${saved.setAside}`,
  };
}

/**
 * The newest segment of a family, leaving out one whose creation was cut short: it has no first transaction, and
 * nothing was committed in it as far as the witness saw. Its predecessor is still whole.
 */
function newestBegun(
  state: WriterState,
  files: SegmentFile[],
  wish: { family: Family; expected: number },
): SegmentFile | undefined {
  for (;;) {
    const family = files.filter((one) => one.family === wish.family);
    const file = family.at(-1);
    if (file === undefined || wish.expected >= file.first || isBegun(file)) return file;
    state.log('warn', 'a segment whose creation was cut short is removed', { path: file.path });
    dropFiles(file.path);
    files.splice(files.indexOf(file), 1);
  }
}

function isBegun(file: SegmentFile): boolean {
  if (sizeOf(file.path) === 0 && sizeOf(`${file.path}-wal`) === 0) return false;
  try {
    const db = new Database(file.path, { readonly: true, fileMustExist: true });
    try {
      return db.prepare("SELECT 1 FROM meta WHERE name = 'start'").get() !== undefined;
    } finally {
      db.close();
    }
  } catch (error) {
    // `no such table` is a creation cut short; anything else is damage, which the inspection will name.
    return !(error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR');
  }
}
