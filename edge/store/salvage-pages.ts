import { existsSync } from 'node:fs';
import { TOPIC_NAMES, type TopicName } from '../contracts/topic-table.js';
import { type Cell, scanFile, scanLog } from './leaf-pages.js';
import { COLUMNS, checkedRow, type RawRow } from './row-access.js';
import type { LaneNumber, Row } from './rows.js';

const COLUMN_COUNT = COLUMNS.split(',').length;

/** Rows from the pages of a file and of its log, newest last; the log first, because what is there is younger. */
export function fromPages(path: string, take: (row: Row | undefined) => void): void {
  const typed = new Map<number, TopicName>();
  const onCell = (cell: Cell): void => take(rowOfCell(cell, typed));
  if (existsSync(`${path}-wal`)) scanLog(`${path}-wal`, COLUMN_COUNT, onCell);
  if (existsSync(path)) scanFile(path, COLUMN_COUNT, onCell);
}

/** The table of type names may be gone: the checksum includes the name, so the right one is found by trying. */
function rowOfCell(cell: Cell, typed: Map<number, TopicName>): Row | undefined {
  const [, lane, seq, kind, gapTo, type, recorded, key, id, cause, prevCrc, laneCrc, crc, payload] =
    cell.values;
  if (typeof key !== 'string' || typeof id !== 'string' || typeof payload !== 'string') return undefined;
  if (typeof type !== 'number' || typeof crc !== 'number') return undefined;
  const raw: RawRow = {
    offset: cell.rowid,
    lane: lane as LaneNumber,
    seq: seq as number | null,
    kind: kind as number,
    gap_to: gapTo as number | null,
    type,
    recorded: recorded as number,
    key,
    id,
    cause: cause as number | null,
    prev_crc: prevCrc as number,
    lane_crc: laneCrc as number | null,
    crc,
    payload,
  };
  const known = typed.get(type);
  const names = known === undefined ? TOPIC_NAMES : [known, ...TOPIC_NAMES];
  for (const name of names) {
    const row = checkedRow(raw, name);
    if (row === undefined) continue;
    typed.set(type, name);
    return row;
  }
  return undefined;
}
