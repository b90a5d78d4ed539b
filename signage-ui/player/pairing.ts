import { signal } from '@preact/signals';
import { ApiFailure, call } from '../shared/api.js';

/** The code that this screen shows, to be typed by staff. */
export interface ShownCode {
  readonly code: string;
  /** Epoch ms by this screen's clock. */
  readonly endsMs: number;
}
interface Begun {
  readonly ticket: string;
  readonly code: string;
  readonly expiresAt: string;
}

const ASK_MS = 1_500;
const AGAIN_MS = 5_000;
/** By the screen's own clock, which may be wrong: the store's end is asked for, this is for the words only. */
const CODE_MS = 10 * 60_000;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Shows code after code until staff typed one; the ticket stays in this script, the session comes as a cookie. */
export function createPairing(onPaired: (screen: string) => void) {
  const shown = signal<ShownCode | undefined>(undefined);
  let running = false;

  const collected = async (ticket: string): Promise<string | undefined> => {
    const answer = await call<{ screen?: string }>('POST', '/v1/pairing/collect', { ticket });
    return answer.screen;
  };
  /** One code to its end: the screen's id, or nothing when the code is over. */
  const oneCode = async (): Promise<string | undefined> => {
    const { ticket, code } = await call<Begun>('POST', '/v1/pairing');
    shown.value = { code, endsMs: Date.now() + CODE_MS };
    while (running) {
      await pause(ASK_MS);
      try {
        const screen = await collected(ticket);
        if (screen !== undefined) return screen;
      } catch (failure) {
        // The store away for a moment is no reason for another code; a code that is over is.
        if (failure instanceof ApiFailure && failure.status === 410) return undefined;
        if (failure instanceof ApiFailure && failure.status === 404) return undefined;
      }
    }
    return undefined;
  };
  const run = async (): Promise<void> => {
    while (running) {
      try {
        const screen = await oneCode();
        if (screen !== undefined) return onPaired(screen);
      } catch {
        shown.value = undefined;
        await pause(AGAIN_MS);
      }
    }
  };
  return {
    shown,
    start(): void {
      if (running) return;
      running = true;
      void run();
    },
    stop(): void {
      running = false;
      shown.value = undefined;
    },
  };
}
export type PlayerPairing = ReturnType<typeof createPairing>;
