/**
 * Lets this page open again without the store. Browsers allow it only on a trusted origin (https, or the machine
 * itself); elsewhere the open page goes on all the same, it only cannot be reloaded.
 */
export async function keepPage(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register('/sw.js');
    const { active } = await navigator.serviceWorker.ready;
    const files = performance
      .getEntriesByType('resource')
      .map((entry) => entry.name)
      .filter((name) => name.includes('/assets/'));
    active?.postMessage([location.origin + location.pathname, ...files]);
  } catch {
    // Private windows and plain http refuse it: nothing else depends on it.
    return;
  }
}
