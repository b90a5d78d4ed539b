import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}

/** Every violation that axe-core finds on the page as it stands, one line each. */
export async function violations(page: Page): Promise<string[]> {
  await settled(page);
  // Half a megabyte to compile: once a page is enough.
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(AXE);
  const found = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as Found;
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id} ${node.target.join(' ')} ${node.failureSummary}`),
  );
}

/** Fonts are there, and no colour is on its way to another: half a change has a contrast that nobody ever reads. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await document.fonts.ready;
    await frame();
    await frame();
    const passing = document.getAnimations().filter(({ effect, playState }) => {
      return playState === 'running' && Number(effect?.getComputedTiming().endTime) <= 1_000;
    });
    // One that is taken back meanwhile is over as well.
    await Promise.allSettled(passing.map(({ finished }) => finished));
    await frame();
  });
}
