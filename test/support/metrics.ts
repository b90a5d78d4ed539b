import type { RunningStore } from './store.js';

/** Figures of /metrics at this moment, by name with labels; 0 for one that is not there. */
export async function figuresOf(store: RunningStore): Promise<(name: string) => number> {
  const text = await (await store.call('/metrics')).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const values = new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))] as const;
    }),
  );
  return (name) => values.get(name) ?? 0;
}
