import type { TabProps } from '../lazy-tab.js';

export function StockPage({ state }: TabProps) {
  return <p class="muted">{state.messages.value.staff.tabs.stock}</p>;
}
