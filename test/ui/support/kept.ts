import type { Page } from 'playwright-core';

/** Until the page itself and the files it is made of are kept by its worker: then it opens again without the store. */
export async function keptForReload(page: Page, name: '/me' | '/screen/any'): Promise<void> {
  await page.waitForFunction(async (wanted) => {
    const files = performance
      .getEntriesByType('resource')
      .map((entry) => new URL(entry.name).pathname)
      .filter((path) => path.startsWith('/assets/'));
    const kept = await caches.open('endcap-pages-1');
    const there = await Promise.all([wanted, ...files].map((path) => kept.match(path)));
    return files.length > 0 && there.every((found) => found !== undefined);
  }, name);
}
