/** The one picture of the store as it is now, put together from those who know its parts. */
import type { StaffNow } from '../../contracts/index.js';
import type { Alarms, Clock, LinkStatus, ScreenStatus, Views } from '../../ports.js';

export interface StaffNowDeps {
  readonly views: Pick<Views, 'policy' | 'staff' | 'quarantined'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly link: LinkStatus;
  readonly screens: ScreenStatus;
  readonly alarms: Pick<Alarms, 'list'>;
  readonly simulated: boolean;
}

/** `undefined` until the store has a configuration. */
export function createStaffNow(deps: StaffNowDeps): () => StaffNow | undefined {
  return () => {
    if (deps.views.policy() === undefined) return undefined;
    const atMs = deps.clock.nowMs();
    const staff = deps.views.staff(atMs);
    return {
      ...staff,
      policy: staff.policy,
      link: deps.link.now(),
      screens: deps.screens.screens(atMs),
      toMend: deps.views.quarantined().length,
      alarms: deps.alarms.list(),
      simulated: deps.simulated,
    };
  };
}
