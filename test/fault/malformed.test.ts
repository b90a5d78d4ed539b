import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ControlSetting, controlWith } from '../support/control-store.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { type RunningStore, startStore } from '../support/store.js';
import { seeded } from './support/chance.js';
import { httpFrames, type Language, mqttFrames, socketFrames } from './support/frames.js';
import { goodClients } from './support/good-client.js';
import { type Chance, mutated, pick } from './support/mutate.js';

const FRAMES = sized({ q: 200_000, n: 5_000_000 });
const CONTROL_FRAMES = 6_000;
/** The first ends many a connection, the others come where it did not. */
const FRAMES_A_CONNECTION = 10;
const AT_ONCE = 32;
const PATIENCE_MS = 3_000;
const MIB = 1024 * 1024;
/** Good traffic, a quarter of the attack a round, until a round takes no more than this, or there were so many. */
const CALM_ROUNDS = 8;
const CALM_SHARE = 0.25;
const CALM_BYTES = 4 * 1024 * 1024;
const GROWTH_MAX = 64 * MIB;
const STALL_MAX_MS = 200;

interface Target {
  readonly port: number;
  readonly language: Language;
}

const whole = (frames: readonly Buffer[], chance: Chance): Buffer => pick(chance, frames);

/** One connection with its frames; resolves when it is over, however it ended. */
function say({ port, language }: Target, chance: Chance, frameOf: typeof mutated): Promise<void> {
  const said = Array.from({ length: FRAMES_A_CONNECTION }, () => frameOf(language.frames, chance));
  return new Promise((over) => {
    const socket = connect(port, '127.0.0.1');
    const impatient = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(impatient);
      over();
    });
    socket.resume();
    socket.end(Buffer.concat([language.opening, ...said]));
  });
}

describe('S5: malformed bytes', () => {
  let store: RunningStore | undefined;
  afterEach(async () => {
    await store?.remove();
    store = undefined;
  });

  async function targetsOf(running: RunningStore): Promise<Target[]> {
    const make = async (path: string, body: object) =>
      (await (await running.call(path, { method: 'POST', body: JSON.stringify(body) })).json()) as {
        id: string;
        token: string;
      };
    const shelf = await make('/v1/devices', { name: 'pastry', kind: 'device' });
    const till = await make('/v1/devices', { name: 'till-7', kind: 'till' });
    const screen = await make('/v1/tokens', { role: 'screen', subject: 'screen-5' });
    const [mqtt, http] = [running.mqttUrl, running.url].map((url) => Number(new URL(url).port)) as [
      number,
      number,
    ];
    // In this proportion: the broker takes most of a store's bytes.
    return [
      ...Array<Target>(6).fill({ port: mqtt, language: mqttFrames(shelf) }),
      ...Array<Target>(3).fill({ port: http, language: httpFrames(till) }),
      { port: http, language: socketFrames({ ...screen, id: 'screen-5' }) },
    ];
  }

  async function attack(seed: number, frames: number, setting?: ControlSetting) {
    store = await startStore(setting === undefined ? {} : controlWith(setting));
    const running = store;
    const chance = seeded(seed);
    const targets = await targetsOf(running);
    const good = await goodClients(running);
    const alive = (): boolean => running.process.exitCode === null && running.process.signalCode === null;
    const send = async (many: number, frameOf: typeof mutated): Promise<void> => {
      let left = Math.ceil(many / FRAMES_A_CONNECTION);
      const one = async (): Promise<void> => {
        while (left-- > 0 && alive()) await say(pick(chance, targets), chance, frameOf);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, one));
    };
    try {
      // The same traffic with nothing wrong in it, until it takes no more: V8 collects late, and what that takes is
      // nobody's attack.
      let before = await good.take();
      for (let round = 0; round < CALM_ROUNDS; round += 1) {
        const { rssBytes } = before;
        await send(frames * CALM_SHARE, whole);
        before = await good.take();
        if (before.rssBytes - rssBytes <= CALM_BYTES) break;
      }
      await send(frames, mutated);
      const after = await good.take();
      return { exited: !alive(), growth: after.rssBytes - before.rssBytes, ...after };
    } catch (error) {
      if (alive()) throw error;
      return { exited: true, growth: 0, stallMs: 0, failures: [], trips: [], sent: 0 };
    } finally {
      await good.close();
    }
  }

  it(`${FRAMES} mutated frames of MQTT, HTTP and socket.io end nothing, hold nothing up and leave nothing behind`, {
    timeout: sized({ q: 240_000, n: 3 * 3_600_000 }),
  }, async () => {
    const seed = runSeed('S5');
    const seen = await attack(seed, FRAMES);
    const mib = Math.round(seen.growth / MIB);
    console.log(
      `S5: +${mib} MiB, longest stall ${seen.stallMs.toFixed(0)} ms, ${seen.trips.length} of ${seen.sent} good messages`,
    );
    expect(seen.exited).toBe(false);
    expect(seen.failures).toEqual([]);
    expect(seen.trips.length).toBeGreaterThan(seen.sent * 0.95);
    expect(seen.growth).toBeLessThanOrEqual(GROWTH_MAX);
    expect(seen.stallMs).toBeLessThanOrEqual(STALL_MAX_MS);
    keptPromise({
      promise: 'S5',
      what: `${FRAMES} mutated frames, ${FRAMES_A_CONNECTION} a connection, after good ones until they take no more; good clients beside them`,
      figure: `0 exits, RSS +${mib} MiB, longest stall ${seen.stallMs.toFixed(0)} ms, no good client cut`,
      control: 'a parser that throws ends the store; one that keeps grows it; one that ponders holds it up',
      seed,
    });
  });

  it('control: a parser that throws what it should tell ends the store', { timeout: 120_000 }, async () => {
    expect((await attack(runSeed('S5 control'), CONTROL_FRAMES, 'throw-malformed')).exited).toBe(true);
  });

  it('control: a parser that keeps what is malformed grows the store', { timeout: 120_000 }, async () => {
    const { growth } = await attack(runSeed('S5 control'), CONTROL_FRAMES, 'keep-malformed');
    expect(growth).toBeGreaterThan(GROWTH_MAX);
  });

  it('control: a parser that ponders over what is malformed holds the store up', {
    timeout: 120_000,
  }, async () => {
    const { stallMs } = await attack(runSeed('S5 control'), CONTROL_FRAMES, 'ponder-malformed');
    expect(stallMs).toBeGreaterThan(STALL_MAX_MS);
  });
});
