import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createScreenBook } from '../../edge/app/screen-book.js';
import { loadConfig } from '../../edge/config/load.js';
import { readOwnScreens } from '../../edge/config/own-screens.js';
import { RefusalError, type Screen, type StorePolicy } from '../../edge/contracts/index.js';
import type { Draft, Engine } from '../../edge/ports.js';

const folder = mkdtempSync(join(tmpdir(), 'endcap-screen-book-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An engine that never catches up with what is appended, and a journal that may refuse. */
function setUp(name: string) {
  const file = join(folder, name);
  const { policy } = loadConfig(resolve('deploy/demo/store.yaml'), { ENDCAP_DATA: join(folder, 'data') });
  const told: StorePolicy[] = [];
  let refusal: RefusalError | undefined;
  const { save } = createScreenBook(file, {
    holds: () => false,
    onChange: async () => undefined,
    gate: {
      async admit(drafts: readonly Draft[]) {
        if (refusal !== undefined) throw refusal;
        told.push(...drafts.map(({ data }) => data as StorePolicy));
        return [{ offset: told.length }];
      },
    },
    engine: {
      views: { policy: () => policy } as Engine['views'],
      outcomeOf: () => Promise.reject(new RefusalError({ reason: 'Busy', detail: 'no decision yet' })),
    },
  });
  const refuse = (next: RefusalError | undefined): void => {
    refusal = next;
  };
  return { file, save, told, refuse, kept: () => readOwnScreens(file, () => undefined).map(({ id }) => id) };
}
const screen = (id: string): Screen => ({ id, name: id, zone: 'entrance' });

it('does not refuse what is durable, and loses nothing of it, however slow the store is', async () => {
  const { save, told, kept } = setUp('slow.json');
  await Promise.all([save(screen('new-1')), save(screen('new-2'))]);
  expect(kept()).toEqual(['new-1', 'new-2']);
  expect(told.at(-1)?.screens.map(({ id }) => id)).toEqual(expect.arrayContaining(['new-1', 'new-2']));
});

it('keeps no screen that the journal refused', async () => {
  const { save, refuse, kept } = setUp('full.json');
  await save(screen('new-1'));
  refuse(new RefusalError({ reason: 'QuotaReached', detail: 'full' }));
  await expect(save(screen('new-2'))).rejects.toThrow(RefusalError);
  expect(kept()).toEqual(['new-1']);
  refuse(undefined);
  await save(screen('new-2'));
  expect(kept()).toEqual(['new-1', 'new-2']);
});

it('takes no playlist with a file that is gone, and keeps a damaged book for whoever mends it', async () => {
  const { file, save, kept } = setUp('damaged.json');
  const playlist = [{ show: 'media' as const, media: `${'a'.repeat(64)}.png` }];
  await expect(save({ ...screen('new-1'), playlist })).rejects.toThrow(RefusalError);
  writeFileSync(file, '{"screens":[{"id":');
  await save(screen('new-1'));
  expect(kept()).toEqual(['new-1']);
  expect(readFileSync(`${file}.damaged`, 'utf8')).toBe('{"screens":[{"id":');
});
