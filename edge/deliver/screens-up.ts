/**
 * Which screens are there: `device.online` and `device.offline`, also for those that did not come back after a crash;
 * since when, and when each last proved a play. All of it outlives a restart.
 */
import type { Clock, Gate } from '../ports.js';
import type { Journal } from '../store/types.js';

export type ScreensJournal = Pick<Journal, 'mark' | 'marks'>;

export interface ScreenPresence {
  readonly up: boolean;
  readonly sinceMs: number;
  /** Why it is as it is; absent for a screen that was never there. */
  readonly reason?: string;
  readonly lastPlayMs?: number;
}

export interface PresenceOfScreens {
  /** Returns how to leave. Several browsers may be the same screen; it is up while one is there. */
  arrive(screen: string): () => void;
  /** Gone on purpose: no grace, and the reason is kept. */
  dismiss(screen: string, reason: string): void;
  played(screen: string, atMs: number): void;
  of(screen: string): ScreenPresence;
  close(): Promise<void>;
}

const MARK = 'deliver/screens-up';
const MEMORY_MARK = 'deliver/screens';
/** A browser that reloads is back before anybody needs to know. */
const GRACE_MS = 2_000;
/** So much of "last play" may be forgotten by a crash. */
const REMEMBER_MS = 30_000;

interface State {
  links: number;
  up: boolean;
  sinceMs: number;
  reason: string | undefined;
  lastPlayMs: number | undefined;
  leaving: NodeJS.Timeout | undefined;
}
type Kept = Readonly<Record<string, Pick<State, 'sinceMs' | 'reason' | 'lastPlayMs'>>>;

export interface PresenceDeps {
  readonly gate: Pick<Gate, 'admit'>;
  readonly journal: ScreensJournal;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly onError: (error: Error) => void;
  readonly graceMs?: number;
}

export function createPresenceOfScreens(deps: PresenceDeps): PresenceOfScreens {
  const graceMs = deps.graceMs ?? GRACE_MS;
  const startedMs = deps.clock.nowMs();
  const states = recall(deps.journal);
  const tell = createTeller(deps, (screen) => states.get(screen)?.up ?? false);
  const memory = createMemory(deps, states);
  const stateOf = (screen: string): State => {
    const state = states.get(screen) ?? newState(startedMs);
    states.set(screen, state);
    return state;
  };
  const become = (screen: string, up: boolean, reason: string): void => {
    const state = stateOf(screen);
    if (state.up === up) return;
    Object.assign(state, { up, reason, sinceMs: deps.clock.nowMs() });
    tell.change(screen, reason);
    memory.write();
  };
  const lost = setTimeout(() => {
    for (const screen of tell.believed) if (!states.get(screen)?.up) tell.change(screen, 'did not come back');
  }, graceMs);

  return {
    arrive(screen) {
      const state = stateOf(screen);
      state.links += 1;
      clearTimeout(state.leaving);
      become(screen, true, 'connected');
      let left = false;
      return () => {
        if (left) return;
        left = true;
        state.links -= 1;
        if (state.links > 0) return;
        state.leaving = setTimeout(() => become(screen, false, 'connection lost'), graceMs);
      };
    },
    dismiss(screen, reason) {
      const state = stateOf(screen);
      clearTimeout(state.leaving);
      become(screen, false, reason);
      state.reason = reason;
      memory.write();
    },
    played(screen, atMs) {
      const state = stateOf(screen);
      state.lastPlayMs = Math.max(state.lastPlayMs ?? 0, Math.min(atMs, deps.clock.nowMs()));
      memory.soon();
    },
    of: (screen) => pictureOf(states.get(screen) ?? newState(startedMs)),
    async close() {
      clearTimeout(lost);
      for (const state of states.values()) clearTimeout(state.leaving);
      await tell.idle();
      await memory.close();
    },
  };
}

const newState = (sinceMs: number): State => ({
  links: 0,
  up: false,
  sinceMs,
  reason: undefined,
  lastPlayMs: undefined,
  leaving: undefined,
});

function pictureOf({ up, sinceMs, reason, lastPlayMs }: State): ScreenPresence {
  return {
    up,
    sinceMs,
    ...(reason === undefined ? {} : { reason }),
    ...(lastPlayMs === undefined ? {} : { lastPlayMs }),
  };
}

/** What an earlier run knew. Whoever was there then is not here yet: silent since they were last heard of. */
function recall(journal: ScreensJournal): Map<string, State> {
  const kept = JSON.parse(journal.marks().get(MEMORY_MARK) ?? '{}') as Kept;
  return new Map(
    Object.entries(kept).map(([screen, { sinceMs, reason, lastPlayMs }]) => {
      const wasUp = reason === 'connected';
      return [
        screen,
        {
          ...newState(wasUp ? Math.max(sinceMs, lastPlayMs ?? 0) : sinceMs),
          reason: wasUp ? 'did not come back' : reason,
          lastPlayMs,
        },
      ];
    }),
  );
}

/** Tells the journal; one change at a time, so that online and offline keep their order. */
function createTeller(deps: PresenceDeps, isUp: (screen: string) => boolean) {
  const believed = new Set(JSON.parse(deps.journal.marks().get(MARK) ?? '[]') as string[]);
  let writing: Promise<void> = Promise.resolve();
  const change = (screen: string, reason: string): void => {
    writing = writing
      .then(async () => {
        const up = isUp(screen);
        if (up === believed.has(screen)) return;
        const type = up ? 'device.online' : 'device.offline';
        await deps.gate.admit([{ type, device: screen, data: { device: screen, kind: 'screen', reason } }]);
        if (up) believed.add(screen);
        else believed.delete(screen);
        await deps.journal.mark(MARK, JSON.stringify([...believed]));
      })
      .catch(deps.onError);
  };
  return { believed, change, idle: () => writing };
}

function createMemory(deps: PresenceDeps, states: ReadonlyMap<string, State>) {
  let later: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = (): void => {
    clearTimeout(later);
    later = undefined;
    const kept: Kept = Object.fromEntries(
      [...states].map(([screen, { sinceMs, reason, lastPlayMs }]) => [
        screen,
        { sinceMs, reason, lastPlayMs },
      ]),
    );
    writing = writing.then(() => deps.journal.mark(MEMORY_MARK, JSON.stringify(kept))).catch(deps.onError);
  };
  return {
    write,
    soon: (): void => {
      later ??= setTimeout(write, REMEMBER_MS);
    },
    async close() {
      if (later !== undefined) write();
      await writing;
    },
  };
}
