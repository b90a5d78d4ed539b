import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Story } from '../../edge/contracts/index.js';
import { describeWith } from '../support/components.js';
import { type RunningStore, startStore } from '../support/store.js';

/** The comparison group takes one shopper in ten, so a story may need another shopper. */
const TRIES = 4;

await describeWith(['mosquitto-clients'], 'the story of the README, by curl and mosquitto_pub', () => {
  let store: RunningStore;
  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(async () => {
    await store?.remove();
  });

  /** The lines as they stand in the README, with only the addresses of this store put in. */
  function script(attempt: number): string {
    const readme = readFileSync('README.md', 'utf8');
    const block = /<!-- story:[^\n]*\n```sh\n(.*?)```/s.exec(readme)?.[1];
    if (block === undefined) throw new Error('the README has lost its story');
    return block
      .replaceAll(
        '--config deploy/demo/store.yaml',
        `--config ${join(store.directory, 'store.yaml')} --data ${store.data}`,
      )
      .replaceAll('http://127.0.0.1:8080', store.url)
      .replaceAll('-p 1883', `-p ${new URL(store.mqttUrl).port}`)
      .replaceAll('-7-42', `-7-${42 + attempt}`)
      .replaceAll(
        '"name":"drinks-soft"',
        attempt === 0 ? '"name":"drinks-soft"' : `"name":"scale-${attempt}","speaksFor":["drinks-soft"]`,
      )
      .replaceAll('till-2', `till-${2 + attempt}`)
      .replaceAll(
        '"name":"beverages-2"',
        attempt === 0 ? '"name":"beverages-2"' : `"name":"again-${attempt}","speaksFor":["beverages-2"]`,
      );
  }

  it('ends with a story that was taken', { timeout: 180_000 }, async () => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const output = await run(script(attempt));
      const { stories } = JSON.parse(
        output
          .trim()
          .split('\n')
          .at(-1)!
          .replace(/^.*?(?=\{"stories")/s, ''),
      ) as { stories: Story[] };
      if (stories.length === 0) continue;
      expect(stories[0]!.steps.map(({ step }) => step)).toEqual(
        expect.arrayContaining(['entered', 'decided', 'redeemed', 'sold']),
      );
      // Stock fell by the bottle that was sold, and the screen changed when the shelf was empty.
      if (attempt === 0) expect(output).toMatch(/\n\d+\n"screens":\["screen-3"\]\n"screens":\[\]\n/);
      return;
    }
    throw new Error(`no story in ${TRIES} tries`);
  });
});

function run(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('bash', ['-euc', script], (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
    });
  });
}
