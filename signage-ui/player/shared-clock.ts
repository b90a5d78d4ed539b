/**
 * The store's time on this screen, good to a few milliseconds: asked for over the socket, the answer of the shortest
 * round trip wins, because it can be wrong by half of it at most. Between the answers the screen's own clock carries it on.
 */
import type { Socket } from 'socket.io-client';

const BURST = 8;
const BURST_EVERY_MS = 60;
const EVERY_MS = 10_000;
const SAMPLES_HELD = 12;
const ANSWER_MS = 2_000;

export interface Sample {
  readonly offsetMs: number;
  readonly roundTripMs: number;
}

/** The distance by the best of these answers. */
export function bestOffset(samples: readonly Sample[]): number | undefined {
  let best: Sample | undefined;
  for (const sample of samples)
    if (best === undefined || sample.roundTripMs < best.roundTripMs) best = sample;
  return best?.offsetMs;
}

/** Epoch ms by the screen's own clock, which never jumps while the page is open. */
const ownMs = (): number => performance.timeOrigin + performance.now();

export interface SharedClock {
  nowMs(): number;
  /** The store's time of an animation frame's time stamp. */
  ofFrame(frameMs: number): number;
  offsetMs(): number;
}

/** `startMs` is the distance that was known last; `onChange` hears of each new one. */
export function createSharedClock(
  socket: Socket,
  startMs: number,
  onChange: (offsetMs: number) => void,
): SharedClock {
  let samples: readonly Sample[] = [];
  let offsetMs = startMs;
  const set = (next: number): void => {
    if (next === offsetMs) return;
    offsetMs = next;
    onChange(next);
  };
  const ask = async (): Promise<void> => {
    const sentMs = ownMs();
    const serverMs: unknown = await socket.timeout(ANSWER_MS).emitWithAck('clock');
    const heardMs = ownMs();
    if (typeof serverMs !== 'number' || !Number.isFinite(serverMs)) return;
    const sample = { offsetMs: serverMs - (sentMs + heardMs) / 2, roundTripMs: heardMs - sentMs };
    samples = [...samples, sample].slice(-SAMPLES_HELD);
    set(bestOffset(samples) ?? offsetMs);
  };
  const askQuietly = (): void => {
    if (socket.connected) ask().catch(() => undefined);
  };
  socket.on('connect', () => {
    samples = [];
    for (let turn = 0; turn < BURST; turn += 1) setTimeout(askQuietly, turn * BURST_EVERY_MS);
  });
  socket.on('time', (serverTime: string) => {
    // One way only, so it is late by the way: good until the first answer.
    const rough = Date.parse(serverTime) - ownMs();
    if (samples.length === 0 && !Number.isNaN(rough)) set(rough);
  });
  setInterval(askQuietly, EVERY_MS);
  return {
    nowMs: () => ownMs() + offsetMs,
    ofFrame: (frameMs) => performance.timeOrigin + frameMs + offsetMs,
    offsetMs: () => offsetMs,
  };
}
