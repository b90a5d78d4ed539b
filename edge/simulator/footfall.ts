import type { Action } from './actions.js';
import type { Scene } from './scene.js';

const REPORT_MS = 5_000;

/** People counters over every border of a zone: totals since the simulator started, told when they change. */
export function createFootfall(scene: Scene) {
  const totals = new Map(scene.zones.map(({ id }) => [id, { in: 0, out: 0, changed: true }]));
  let reportedMs = Number.NEGATIVE_INFINITY;
  return {
    cross(from: string | undefined, to: string | undefined): void {
      const left = from === undefined ? undefined : totals.get(from);
      const entered = to === undefined ? undefined : totals.get(to);
      if (left) Object.assign(left, { out: left.out + 1, changed: true });
      if (entered) Object.assign(entered, { in: entered.in + 1, changed: true });
    },
    report(ms: number): readonly Action[] {
      if (ms - reportedMs < REPORT_MS) return [];
      reportedMs = ms;
      return [...totals].flatMap(([zone, total]): Action[] => {
        if (!total.changed) return [];
        total.changed = false;
        return [{ kind: 'traffic', ms, zone, in: total.in, out: total.out }];
      });
    },
  };
}
