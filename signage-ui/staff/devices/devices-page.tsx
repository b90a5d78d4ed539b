import type { TabProps } from '../lazy-tab.js';

export function DevicesPage({ state }: TabProps) {
  return <p class="muted">{state.messages.value.staff.tabs.devices}</p>;
}
