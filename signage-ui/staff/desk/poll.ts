import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Polled<T> {
  /** The last good answer; it stays when a later one fails. */
  readonly value: T | undefined;
  /** When it came, epoch ms of this device. */
  readonly atMs: number;
  /** What the last look ended in. */
  readonly failure: unknown;
  refresh(): Promise<void>;
}

/**
 * Of when the answer is, by the store's clock: as it says itself, else when it came. A browser's own clock may be wrong
 * by hours.
 */
export function readMs({ value, atMs }: Polled<unknown>, toStoreMs: (deviceMs: number) => number): number {
  const saidMs = Date.parse((value as { readonly at?: string } | undefined)?.at ?? '');
  return Number.isNaN(saidMs) ? toStoreMs(atMs) : saidMs;
}

/**
 * Asks again and again while the page is looked at. A change of `key` asks at once and drops the old answer's
 * successor; an answer to an older question never replaces a newer one.
 */
export function usePolled<T>(fetch: () => Promise<T>, everyMs: number, key = ''): Polled<T> {
  const [state, setState] = useState<Omit<Polled<T>, 'refresh'>>({
    value: undefined,
    atMs: 0,
    failure: undefined,
  });
  const turn = useRef(0);
  const ask = useRef(fetch);
  ask.current = fetch;
  const refresh = useCallback(async (): Promise<void> => {
    turn.current += 1;
    const mine = turn.current;
    try {
      const value = await ask.current();
      if (mine === turn.current) setState({ value, atMs: Date.now(), failure: undefined });
    } catch (error) {
      if (mine === turn.current) setState((old) => ({ ...old, failure: error }));
    }
  }, []);
  useEffect(() => {
    void refresh();
    const look = (): void => {
      if (document.visibilityState === 'visible') void refresh();
    };
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      turn.current += 1;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [everyMs, key]);
  return { ...state, refresh };
}

/**
 * Rows keep the place in which they first stood, however the store sorts them by now, so that nothing moves under a
 * finger. New rows come last; a change of `key` (another filter, another order) sorts anew.
 */
export function useSteadyOrder<T>(rows: readonly T[], idOf: (row: T) => string, key: string): readonly T[] {
  const held = useRef<{ key: string; ids: readonly string[] }>({ key: '\n', ids: [] });
  if (held.current.key !== key) held.current = { key, ids: [] };
  const byId = new Map(rows.map((row) => [idOf(row), row]));
  const kept = held.current.ids.filter((id) => byId.has(id));
  const known = new Set(kept);
  const ids = [...kept, ...rows.map(idOf).filter((id) => !known.has(id))];
  held.current = { key, ids };
  return ids.flatMap((id) => byId.get(id) ?? []);
}
