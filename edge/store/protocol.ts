import type { AlarmCode, Facts, Family, Lane, Refusal } from '../contracts/index.js';
import type { SegmentFile } from './catalogue.js';
import type { LaneHead } from './types.js';

/** What passes between the main thread and the writer. Batches are columns: cheap to copy between threads. */
export type Command =
  /** An append is its number of rows alone: there are thousands a second, and a number costs least to copy. */
  | number
  | { readonly kind: 'step'; readonly rows: number; readonly cursor: number }
  | { readonly kind: 'mark'; readonly name: string; readonly value: string };

export const isAppend = (command: Command): command is number => typeof command === 'number';

/** Rows of the batch that belong to this command. */
export function rowsOf(command: Command): number {
  if (isAppend(command)) return command;
  return command.kind === 'step' ? command.rows : 0;
}

export const isStep = (command: Command): command is Extract<Command, { kind: 'step' }> =>
  !isAppend(command) && command.kind === 'step';

export const isMark = (command: Command): command is Extract<Command, { kind: 'mark' }> =>
  !isAppend(command) && command.kind === 'mark';

export interface Batch {
  readonly nowMs: number;
  readonly commands: readonly Command[];
  readonly lanes: Uint8Array;
  /** Index into TOPIC_NAMES. */
  readonly types: Uint8Array;
  readonly mirrored: Uint8Array;
  readonly recorded: Float64Array;
  /** 0 where there is none. */
  readonly causes: Float64Array;
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  readonly payloads: readonly string[];
}

export type Request =
  | { readonly op: 'commit'; readonly batch: Batch }
  | {
      readonly op: 'maintain';
      readonly nowMs: number;
      /** Per lane: how far HQ is. */
      readonly sent: readonly number[];
      /** Offset that both checkpoints reach. */
      readonly covered: number;
      /** Segments that retention may look at in this round. */
      readonly budget: number;
    }
  | { readonly op: 'repair'; readonly family: Family; readonly first: number; readonly nowMs: number }
  | {
      readonly op: 'reconcile';
      readonly lane: Lane;
      readonly from: number;
      readonly to: number;
      readonly nowMs: number;
    }
  | {
      readonly op: 'bury';
      readonly lane: Lane;
      readonly sequence: number;
      readonly reason: string;
      readonly nowMs: number;
    }
  | { readonly op: 'seal'; readonly nowMs: number }
  | { readonly op: 'close' };

/** A hole in a lane that was declared; `offset` is that of its `gap.declared` event. */
export interface Gap {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** An event that the writer wrote by itself. */
export interface OwnEvent {
  readonly offset: number;
  readonly sequence: number;
  readonly payload: string;
}

export interface WriterAlarm {
  readonly code: AlarmCode;
  readonly text: string;
  readonly facts?: Facts;
  readonly sinceMs: number;
}

/** Picture of the writer after a request, for reading and for stats. */
export interface Snapshot {
  readonly jid: string;
  readonly bytes: number;
  readonly lastOffset: number;
  readonly cursor: number;
  readonly lanes: readonly LaneHead[];
  /** Per lane: how far HQ was when this was last told. */
  readonly sent: readonly number[];
  readonly shed: Readonly<Record<string, number>>;
  readonly commits: number;
  readonly rows: number;
  readonly trouble?: string;
  readonly alarms: readonly WriterAlarm[];
  /** Present only when they changed since the last snapshot. */
  readonly files?: readonly SegmentFile[];
  readonly gaps?: readonly Gap[];
}

export interface Response {
  readonly snapshot: Snapshot;
  /** For `commit`: per row, and per command. */
  readonly offsets?: Float64Array;
  readonly sequences?: Float64Array;
  readonly refusals?: readonly (Refusal | undefined)[];
  readonly own: readonly OwnEvent[];
  /** For `maintain`: there is more to let go of, ask again soon. */
  readonly more?: boolean;
}

export interface Opened {
  readonly snapshot: Snapshot;
  readonly marks: readonly (readonly [string, string])[];
}

export type ToWriter = { readonly number: number; readonly request: Request };
export type FromWriter =
  | { readonly kind: 'opened'; readonly opened: Opened }
  | { readonly kind: 'done'; readonly number: number; readonly response: Response }
  | { readonly kind: 'failed'; readonly number?: number; readonly name: string; readonly message: string }
  | {
      readonly kind: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly text: string;
      readonly fields?: Readonly<Record<string, unknown>>;
    };
