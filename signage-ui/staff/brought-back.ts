import { signal } from '@preact/signals';
import { undoStop } from './api.js';

/** How long it is asked why offers were brought back. */
const ASKED_MS = 60_000;

/** The stop that this page undid a moment ago. */
export const broughtBack = signal<string | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

export function forgetBack(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    broughtBack.value = undefined;
  }, 3_000);
}

/** At once; why is asked when it is done. */
export async function bringBack(stopId: string): Promise<void> {
  await undoStop(stopId);
  clearTimeout(timer);
  broughtBack.value = stopId;
  timer = setTimeout(() => {
    broughtBack.value = undefined;
  }, ASKED_MS);
}
