/** Which screens are there: `device.online` and `device.offline`, also for those that did not come back after a crash. */
import type { Clock, Gate } from '../ports.js';
import type { Journal } from '../store/types.js';

export type ScreensJournal = Pick<Journal, 'mark' | 'marks'>;

export interface PresenceOfScreens {
  /** Returns how to leave. Several browsers may be the same screen; it is up while one is there. */
  arrive(screen: string): () => void;
  of(screen: string): { up: boolean; sinceMs: number };
  close(): Promise<void>;
}

const MARK = 'deliver/screens-up';
/** A browser that reloads is back before anybody needs to know. */
const GRACE_MS = 2_000;

interface State {
  links: number;
  up: boolean;
  sinceMs: number;
  leaving: NodeJS.Timeout | undefined;
}

export function createPresenceOfScreens(deps: {
  gate: Pick<Gate, 'admit'>;
  journal: ScreensJournal;
  clock: Pick<Clock, 'nowMs'>;
  onError: (error: Error) => void;
  graceMs?: number;
}): PresenceOfScreens {
  const graceMs = deps.graceMs ?? GRACE_MS;
  const startedMs = deps.clock.nowMs();
  const states = new Map<string, State>();
  // What the journal believes; one change at a time, so that online and offline keep their order.
  const believed = new Set(JSON.parse(deps.journal.marks().get(MARK) ?? '[]') as string[]);
  let writing: Promise<void> = Promise.resolve();

  const tell = (screen: string, reason: string): void => {
    writing = writing
      .then(async () => {
        const up = states.get(screen)?.up ?? false;
        if (up === believed.has(screen)) return;
        const type = up ? 'device.online' : 'device.offline';
        await deps.gate.admit([{ type, device: screen, data: { device: screen, kind: 'screen', reason } }]);
        if (up) believed.add(screen);
        else believed.delete(screen);
        await deps.journal.mark(MARK, JSON.stringify([...believed]));
      })
      .catch(deps.onError);
  };
  const become = (screen: string, state: State, up: boolean, reason: string): void => {
    if (state.up === up) return;
    state.up = up;
    state.sinceMs = deps.clock.nowMs();
    tell(screen, reason);
  };
  const lost = setTimeout(() => {
    for (const screen of believed) if (!states.get(screen)?.up) tell(screen, 'did not come back');
  }, graceMs);

  return {
    arrive(screen) {
      const state = states.get(screen) ?? { links: 0, up: false, sinceMs: startedMs, leaving: undefined };
      states.set(screen, state);
      state.links += 1;
      clearTimeout(state.leaving);
      become(screen, state, true, 'connected');
      let left = false;
      return () => {
        if (left) return;
        left = true;
        state.links -= 1;
        if (state.links > 0) return;
        state.leaving = setTimeout(() => become(screen, state, false, 'connection lost'), graceMs);
      };
    },
    of: (screen) => states.get(screen) ?? { up: false, sinceMs: startedMs },
    async close() {
      clearTimeout(lost);
      for (const state of states.values()) clearTimeout(state.leaving);
      await writing;
    },
  };
}
