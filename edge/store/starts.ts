import Database from 'better-sqlite3';
import type { SegmentFile } from './catalogue.js';
import { isDamage } from './failures.js';
import type { Head } from './plan.js';
import type { WriterState } from './state.js';
import { openText } from './texts.js';

/** Where the lanes stood when a segment began; undefined when that page is damaged. */
export function startOf(state: WriterState, file: SegmentFile): Head[] | undefined {
  try {
    return startIn(state, file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return undefined;
  }
}

function startIn(state: WriterState, file: SegmentFile): Head[] | undefined {
  if (file.path === state.keep.file.path) return state.keep.meta('start');
  if (file.path === state.bulk.file.path) return state.bulk.meta('start');
  const db = new Database(file.path, { readonly: true });
  try {
    const stored = db.prepare<[], string>("SELECT value FROM meta WHERE name = 'start'").pluck().get();
    const text = stored === undefined ? undefined : openText('start', stored);
    return text === undefined ? undefined : (JSON.parse(text) as Head[]);
  } finally {
    db.close();
  }
}
