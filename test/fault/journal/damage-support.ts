import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lane, StoreEvent } from '../../../edge/contracts/index.js';
import type { StoreJournal } from '../../../edge/store/journal.js';
import { audit, online, stop, tick, zone } from '../../store/journal-support.js';

/** Small and seeded, so that a failing run can be repeated from its printed seed. */
export function createRandom(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, below: (limit: number): number => Math.floor(next() * limit) };
}
export type Random = ReturnType<typeof createRandom>;

export interface Written {
  readonly offset: number;
  readonly lane: Lane;
  readonly sequence: number | undefined;
  readonly text: string;
}

/** Append `count` calls of mixed classes with steps in between; answers what was acknowledged. */
export async function fill(journal: StoreJournal, random: Random, count: number): Promise<Written[]> {
  const written: Written[] = [];
  for (let call = 0; call < count; call += 1) {
    const filling = 'x'.repeat(random.below(4) === 0 ? random.below(9_000) : random.below(300));
    const inputs = [audit(`${call} ${filling}`), online(`d${call}`), tick(), stop(`s${call} ${filling}`)];
    const chosen = inputs.filter(() => random.below(2) === 0);
    const places = await journal.append(chosen);
    note(written, chosen, places);
    const last = places.at(-1);
    if (last === undefined || random.below(3) > 0) continue;
    const outputs = [stop(`o${call}`), zone(`z${call}`), online(`l${call}`)];
    note(
      written,
      outputs,
      await journal.step({ cursor: last.offset, outputs, causes: outputs.map(() => last.offset) }),
    );
  }
  return written;
}

const LANE_OF: Readonly<Record<string, Lane>> = {
  'audit.entry': 'P0',
  'promo.stop': 'P1',
  'device.online': 'P2',
  tick: 'P3',
  'presence.zone': 'P3',
};

function note(
  written: Written[],
  events: readonly StoreEvent[],
  places: readonly { offset: number; sequence?: number }[],
): void {
  events.forEach((event, index) => {
    const place = places[index];
    if (place === undefined) throw new Error('an event has no place');
    const lane = LANE_OF[event.type] as Lane;
    written.push({ offset: place.offset, lane, sequence: place.sequence, text: JSON.stringify(event) });
  });
}

/** A copy of a journal directory as a crash leaves it: taken while the journal is open, logs included. */
export function copyOf(directory: string): { directory: string; remove(): void } {
  const copy = mkdtempSync(join(tmpdir(), 'endcap-damage-'));
  cpSync(directory, copy, { recursive: true });
  return { directory: copy, remove: () => rmSync(copy, { recursive: true, force: true }) };
}

export type Harm = 'flip' | 'zero page' | 'truncate';
export const HARMS: readonly Harm[] = ['flip', 'zero page', 'truncate'];

/** Damage one file of the journal; only its log is truncated. Answers what was done, for the message of a failing test. */
export function harm(directory: string, random: Random, kind: Harm): string {
  const files = readdirSync(directory).filter((name) =>
    kind === 'truncate' ? name.endsWith('.db-wal') : /\.db(-wal)?$/.test(name),
  );
  const sized = files.map((name) => join(directory, name)).filter((path) => readFileSync(path).length > 0);
  const path = sized[random.below(sized.length)];
  return path === undefined ? 'nothing to damage' : harmFile(path, random, kind);
}

export function harmFile(path: string, random: Random, kind: Harm): string {
  const content = readFileSync(path);
  const at = random.below(content.length);
  if (kind === 'truncate') truncateSync(path, at);
  else {
    if (kind === 'flip') content[at] = (content[at] ?? 0) ^ (1 << random.below(8));
    else content.fill(0, at - (at % 4_096), Math.min(content.length, at - (at % 4_096) + 4_096));
    writeFileSync(path, content);
  }
  return `${kind} at ${at} of ${content.length} in ${path}`;
}

/** Both generations of the state, the newest first. */
export function checkpointsOf(directory: string): string[] {
  const folder = join(directory, 'checkpoints');
  const whole = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return whole
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

export interface Found {
  /** Sequences that can be read, by lane, with their text. */
  readonly events: ReadonlyMap<string, string>;
  /** Sequences inside declared gaps. */
  readonly declared: ReadonlySet<string>;
  /** Texts by offset, as `read` shows them. */
  readonly byOffset: ReadonlyMap<number, string>;
}

/** Read all there is, by lane and by offset, until the journal has nothing left to repair. */
export async function readAll(journal: StoreJournal): Promise<Found> {
  for (let round = 0; round < 50; round += 1) {
    const found = readOnce(journal);
    // Repairs that this reading asked for run before the next request is answered.
    await journal.maintain();
    if (found.whole && (await isQuiet(journal, found))) return found;
  }
  throw new Error('the journal did not come to rest');
}

async function isQuiet(journal: StoreJournal, before: Found): Promise<boolean> {
  const after = readOnce(journal);
  return after.events.size === before.events.size && after.declared.size === before.declared.size;
}

function readOnce(journal: StoreJournal): Found & { whole: boolean } {
  const events = new Map<string, string>();
  const declared = new Set<string>();
  let whole = true;
  for (const { lane, head } of journal.stats().lanes) {
    let after = 0;
    for (;;) {
      const records = journal.readLane(lane, after, 500, 1e9);
      for (const record of records) {
        if (record.kind === 'event') events.set(`${lane}/${record.sequence}`, record.payload.toString());
        for (let at = record.sequence; at <= (record.gapTo ?? 0); at += 1) declared.add(`${lane}/${at}`);
        after = record.gapTo ?? record.sequence;
      }
      if (records.length === 0) break;
    }
    whole &&= after === head;
  }
  const byOffset = new Map<number, string>();
  let after = 0;
  for (;;) {
    const page = journal.read({ after, limit: 500 });
    for (const one of page) byOffset.set(one.offset, JSON.stringify(one.event));
    if (page.length === 0) break;
    after = page.at(-1)?.offset ?? after;
  }
  return { events, declared, byOffset, whole };
}
