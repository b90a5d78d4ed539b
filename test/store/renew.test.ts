import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../edge/store/checkpoints.js';
import { temporaryDirectory } from './journal-support.js';

const PERSON = 'favourites of s_0123456789abcdef';

describe('a state that is sealed anew', () => {
  it('stands twice, and nothing older is left: no generation, no damaged one, no half-written one', async () => {
    const directory = temporaryDirectory();
    const checkpoints = createCheckpoints(directory);
    await checkpoints.save({ offset: 5, state: PERSON });
    await checkpoints.save({ offset: 9, state: PERSON });
    const folder = join(directory, 'checkpoints');
    writeFileSync(join(folder, 'checkpoint-0000000000000003.json.damaged'), PERSON);
    writeFileSync(join(folder, 'checkpoint-0000000000000007.json.part'), PERSON);
    await checkpoints.renew({ offset: 12, state: 'nobody' });
    const left = readdirSync(folder);
    expect(left).toHaveLength(2);
    for (const name of left) expect(readFileSync(join(folder, name), 'utf8')).not.toContain(PERSON);
    expect(checkpoints.load(() => undefined)).toEqual({ offset: 12, state: 'nobody' });
    expect(checkpoints.covered()).toBe(11);
  });

  it('survives the loss of either copy, with a place from which nothing is passed over', async () => {
    const directory = temporaryDirectory();
    const checkpoints = createCheckpoints(directory);
    await checkpoints.renew({ offset: 12, state: 'nobody' });
    const newest = readdirSync(join(directory, 'checkpoints')).sort().at(-1)!;
    writeFileSync(join(directory, 'checkpoints', newest), 'broken');
    const damaged: string[] = [];
    expect(checkpoints.load((path) => damaged.push(path))).toEqual({ offset: 11, state: 'nobody' });
    expect(damaged).toHaveLength(1);
  });

  it('is refused by a disk that does not take it, and what was there stays', async () => {
    const directory = temporaryDirectory();
    const checkpoints = createCheckpoints(directory);
    await checkpoints.save({ offset: 5, state: 'before' });
    // A folder in the place of the file: the rename fails like any other error of the disk.
    mkdirSync(join(directory, 'checkpoints', 'checkpoint-0000000000000012.json', 'in-the-way'), {
      recursive: true,
    });
    await expect(checkpoints.renew({ offset: 12, state: 'nobody' })).rejects.toThrow();
    expect(readdirSync(join(directory, 'checkpoints'))).toContain('checkpoint-0000000000000005.json');
  });
});
