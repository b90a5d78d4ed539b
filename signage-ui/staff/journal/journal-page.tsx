import type { StaffState } from '../state.js';

export function JournalPage({ state }: { state: StaffState }) {
  return <p>{state.messages.value.staff.tabs.journal}</p>;
}
