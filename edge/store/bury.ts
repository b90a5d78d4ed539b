import Database from 'better-sqlite3';
import type { TopicData } from '../contracts/index.js';
import { appendOwn } from './declare.js';
import { rowsOf } from './row-access.js';
import { KIND_GAP, KIND_PLACEHOLDER, type LaneNumber, laneName, type Row, sealRow } from './rows.js';
import { isActive, type WriterState } from './state.js';

/** Longer bodies are cut in the quarantine record; the row itself keeps everything. */
const BODY_CHARACTERS_MAX = 300_000;

/**
 * Replace a record that HQ refuses by a placeholder with its sequence. The payload stays in its row, because the
 * core has handled it and a replay must see it again; the lane shows only the placeholder. The quarantine record is
 * written first: a crash in between means that the record is refused and buried once more, never that it is lost.
 */
export function bury(
  state: WriterState,
  wish: { lane: LaneNumber; sequence: number; reason: string },
): boolean {
  const found = find(state, wish.lane, wish.sequence);
  if (found === undefined) return false;
  const { row, db } = found;
  try {
    if (row.kind === KIND_PLACEHOLDER) return true;
    const id = `hq:${state.jid}:${laneName(wish.lane)}:${wish.sequence}`;
    const data = quarantineOf(row, { id, reason: wish.reason });
    const place = (): void => replace(db, row);
    const inKeep = db === state.keep.db;
    appendOwn(state, { type: 'quarantine.event', id, key: id, data }, inKeep ? place : undefined);
    if (!inKeep) place();
    return true;
  } finally {
    if (db !== state.keep.db && db !== state.bulk.db) db.close();
  }
}

function find(state: WriterState, lane: LaneNumber, sequence: number) {
  for (const file of state.files.toReversed()) {
    const db = isActive(state, file)
      ? file.family === 'keep'
        ? state.keep.db
        : state.bulk.db
      : new Database(file.path);
    const row = rowsOf(db).bySequence(lane, sequence);
    if (row !== undefined && row.kind !== KIND_GAP) return { row, db };
    if (!isActive(state, file)) db.close();
  }
  return undefined;
}

/** The checksum of the lane stays that of the original: the next record names it as the one before. */
function replace(db: Database.Database, row: Row): void {
  const placeholder = sealRow({ ...row, kind: KIND_PLACEHOLDER, laneCrc: row.laneCrc ?? row.crc });
  db.prepare('UPDATE event SET kind = ?, lane_crc = ?, crc = ? WHERE offset = ?').run(
    placeholder.kind,
    placeholder.laneCrc,
    placeholder.crc,
    row.offset,
  );
}

function quarantineOf(row: Row, why: { id: string; reason: string }): TopicData<'quarantine.event'> {
  return {
    quarantineId: why.id,
    reason: why.reason.slice(0, 128),
    detail: `HQ refused ${row.type} ${row.id}: ${why.reason}`.slice(0, 2_000),
    channel: 'hq',
    topic: row.type,
    device: 'uplink',
    body: row.payload.slice(0, BODY_CHARACTERS_MAX),
    encoding: 'utf8',
    cut: row.payload.length > BODY_CHARACTERS_MAX,
    bytes: Buffer.byteLength(row.payload),
  };
}
