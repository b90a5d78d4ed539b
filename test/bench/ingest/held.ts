/** One measurement of the peer comparison, and the search for the highest rate that is held. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NODES } from '../store-load.js';
import type { Heard, Orders } from './load.js';

export const HELD_P99_MS = 100;
export const TAGS = 25;
/** The load itself fell behind: the figure would be its own. */
const RATE_SHARE_MIN = 0.98;
const [LOWEST, HIGHEST] = [5_000, 80_000];
const COARSE = 1.25;
const STEPS = 3;

export type Place = Pick<Orders, 'mqttUrl' | 'speakers' | 'listeners'>;

/** Tags that the node at this place hears, and no other. */
export function tagsOf(at: number): readonly string[] {
  return Array.from(
    { length: TAGS },
    (_, tag) => `iBeacon:00000000-0000-4000-8000-0000000000${at}0-1-${tag}`,
  );
}

/** Eight clients with tags of their own, as nobody in particular. */
export function placeOf(mqttUrl: string, decisionTopic: string): Place {
  const speakers = NODES.map((node, at) => ({
    login: { id: node },
    node,
    tags: tagsOf(at),
  }));
  return { mqttUrl, speakers, listeners: [{ login: { id: 'listener' }, topic: decisionTopic }] };
}

export async function measure(
  place: Place,
  order: Pick<Orders, 'perSecond' | 'warmUpS' | 'measuredS'>,
): Promise<Heard> {
  const program = fileURLToPath(new URL('load.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, ENDCAP_LOAD: JSON.stringify({ ...place, ...order }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`the load ended with ${String(code)}`);
  return JSON.parse(output) as Heard;
}

/** True when every sighting was decided in time. */
export function isHeld({ lost, p99, rate }: Heard, perSecond: number): boolean {
  return lost === 0 && p99 <= HELD_P99_MS && rate >= perSecond * RATE_SHARE_MIN;
}

/** The highest rate that is held: a quarter more until one is not, then halves of what lies between. */
export async function highestHeld(tryRate: (perSecond: number) => Promise<boolean>): Promise<number> {
  let held = 0;
  let missed = HIGHEST;
  for (let rate = LOWEST; rate < HIGHEST; rate = Math.round(rate * COARSE)) {
    if (!(await tryRate(rate))) {
      missed = rate;
      break;
    }
    held = rate;
  }
  for (let step = 0; held > 0 && step < STEPS; step += 1) {
    const rate = Math.round((held + missed) / 2);
    if (await tryRate(rate)) held = rate;
    else missed = rate;
  }
  return held;
}
