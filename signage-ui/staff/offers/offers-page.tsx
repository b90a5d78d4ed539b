import type { TabProps } from '../lazy-tab.js';

export function OffersPage({ state }: TabProps) {
  return <p class="muted">{state.messages.value.staff.tabs.offers}</p>;
}
