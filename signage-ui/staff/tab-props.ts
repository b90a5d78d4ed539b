import type { StaffNow } from '../../edge/contracts/index.js';
import type { StaffState } from './state.js';

/** What every tab gets: the picture of now, and all that the page knows. */
export interface TabProps {
  readonly now: StaffNow;
  readonly state: StaffState;
}
