import { statfsSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { type GapNow, type HealthNow, isType } from '../contracts/index.js';
import { backupsOf } from './backups.js';
import type { Foundation } from './foundation.js';
import type { Starts } from './starts.js';

const SAMPLE_MS = 30_000;
const SAMPLES = 120;
/** Less than this says nothing about an hour. */
const GROWTH_MIN_MS = 5 * 60_000;
const GAPS_SHOWN = 20;
/** How far back gaps are looked for: journal positions. */
const GAPS_WITHIN = 5_000_000;
const HOUR_MS = 3_600_000;

export interface Health {
  now(): Promise<HealthNow>;
  close(): void;
}

/** What `GET /v1/health` answers with, put together from the journal, the machine and the counters. */
export function createHealth(base: Foundation, deps: { version: string; starts: Starts }): Health {
  const startedMs = base.clock.nowMs();
  const growth = createGrowth(base);
  const timer = setInterval(growth.sample, SAMPLE_MS);
  timer.unref();
  return {
    async now() {
      const disk = statfsSync(base.folder.root);
      const doubt = base.clock.untrusted();
      const why = base.clock.whyUntrusted?.();
      return {
        at: new Date(base.clock.nowMs()).toISOString(),
        version: deps.version,
        startedAt: new Date(startedMs).toISOString(),
        journal: journalOf(base, growth.perHour()),
        disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
        memory: {
          residentBytes: process.memoryUsage.rss(),
          machineFreeBytes: freemem(),
          machineTotalBytes: totalmem(),
        },
        load: Math.round(((loadavg()[0] ?? 0) / availableParallelism()) * 100) / 100,
        clock: doubt === undefined ? {} : { doubt, ...(why === undefined ? {} : { why }) },
        engine: { waiting: await totalOf(base.metrics.queue) },
        refusals: await refusalsOf(base),
        connections: {
          mqtt: await totalOf(base.metrics.mqttClients),
          pages: await totalOf(base.metrics.sockets),
        },
        gaps: gapsOf(base),
        starts: deps.starts.list(),
        backups: backupsOf(base),
      };
    },
    close: () => clearInterval(timer),
  };
}

function journalOf({ journal }: Foundation, perHour: number | undefined): HealthNow['journal'] {
  const { bytes, quotaBytes, segments, rows, lanes, shed, trouble } = journal.stats();
  const room = perHour === undefined || perHour <= 0 ? undefined : ((quotaBytes - bytes) / perHour) * 3_600;
  return {
    bytes,
    quotaBytes,
    segments,
    events: rows,
    ...(trouble === undefined ? {} : { trouble }),
    ...(perHour === undefined ? {} : { bytesPerHour: Math.round(perHour) }),
    ...(room === undefined ? {} : { roomS: Math.max(0, Math.round(room)) }),
    classes: lanes.map(({ lane, head, tail }) => ({
      lane,
      held: head === 0 ? 0 : head - tail + 1,
      shed: shed[lane] ?? 0,
    })),
  };
}

/** How fast the journal grows, from what it was up to an hour ago. */
function createGrowth({ journal, clock }: Foundation) {
  const samples: [atMs: number, bytes: number][] = [];
  const sample = (): void => {
    samples.push([clock.monotonicMs(), journal.stats().bytes]);
    if (samples.length > SAMPLES) samples.shift();
  };
  sample();
  return {
    sample,
    perHour(): number | undefined {
      const first = samples[0];
      const spanMs = clock.monotonicMs() - (first?.[0] ?? 0);
      if (first === undefined || spanMs < GROWTH_MIN_MS) return undefined;
      return ((journal.stats().bytes - first[1]) / spanMs) * HOUR_MS;
    },
  };
}

function gapsOf({ journal }: Foundation): readonly GapNow[] {
  const after = Math.max(0, journal.stats().lastOffset - GAPS_WITHIN);
  const found: GapNow[] = [];
  for (const { event } of journal.read({ after, limit: 1_000, types: ['gap.declared'] })) {
    if (!isType(event, 'gap.declared')) continue;
    const { lane, from, to, reason } = event.data;
    found.push({ at: event.recordedtime, eventId: event.id, lane, from, to, reason });
  }
  return found.reverse().slice(0, GAPS_SHOWN);
}

interface Metric {
  get(): Promise<{ values: readonly { value: number }[] }>;
}

async function totalOf(metric: Metric): Promise<number> {
  return (await metric.get()).values.reduce((sum, { value }) => sum + value, 0);
}

async function refusalsOf({ metrics }: Foundation): Promise<HealthNow['refusals']> {
  const { values } = await metrics.refusals.get();
  return values
    .map(({ labels, value }) => ({
      reason: String(labels.reason ?? ''),
      channel: String(labels.channel ?? ''),
      count: value,
    }))
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count)
    .slice(0, 50);
}
