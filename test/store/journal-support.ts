import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { dataschemaOf, type StoreEvent, type TopicData, type TopicName } from '../../edge/contracts/index.js';
import { createJournal, type StoreJournal } from '../../edge/store/journal.js';
import type { JournalOptions } from '../../edge/store/options.js';

export const START_MS = Date.parse('2026-11-23T08:00:00Z');
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** A clock that stands still until the test moves it. */
export function createTestClock(startMs = START_MS) {
  let now = startMs;
  return {
    nowMs: () => now,
    advance(ms: number) {
      now += ms;
    },
  };
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'endcap-journal-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Open a journal that is closed when the test ends, if the test did not do so itself. */
export async function openJournal(
  options: Partial<JournalOptions> & { directory: string },
): Promise<StoreJournal> {
  const journal = await createJournal({ nowMs: createTestClock().nowMs, maintainEveryMs: 0, ...options });
  onTestFinished(() => journal.close());
  return journal;
}

let count = 0;

export function anEvent<T extends TopicName>(
  type: T,
  data: TopicData<T>,
  extra: { id?: string; key?: string; recordedMs?: number } = {},
): StoreEvent<T> {
  count += 1;
  return {
    specversion: '1.0',
    id: extra.id ?? `event-${count}`,
    source: '/store/test/device',
    type,
    recordedtime: new Date(extra.recordedMs ?? START_MS).toISOString(),
    partitionkey: extra.key ?? 'key',
    dataschema: dataschemaOf(type),
    data,
  };
}

type Extra = Parameters<typeof anEvent>[2];

/** P0, keep, mirrored. */
export const audit = (target: string, extra?: Extra) =>
  anEvent('audit.entry', { by: 'staff', action: 'test', target }, extra);
/** P1, keep, mirrored, kept as a decision when of type promo.decision only. */
export const stop = (stopId: string, extra?: Extra) =>
  anEvent('promo.stop', { stopId } as TopicData<'promo.stop'>, extra);
/** P2, bulk as an input, keep as an output, mirrored. */
export const online = (device: string, extra?: Extra) =>
  anEvent('device.online', { device, kind: 'shelf' }, extra);
/** P3, not mirrored. */
export const tick = (extra?: Extra) => anEvent('tick', { at: new Date(START_MS).toISOString() }, extra);
/** P3, mirrored. */
export const zone = (visitor: string, extra?: Extra) =>
  anEvent('presence.zone', { visitor } as unknown as TopicData<'presence.zone'>, extra);
