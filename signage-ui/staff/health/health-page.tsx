import type { TabProps } from '../lazy-tab.js';

export function HealthPage({ state }: TabProps) {
  return <p class="muted">{state.messages.value.staff.tabs.health}</p>;
}
