import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { audit, openJournal, temporaryDirectory } from './journal-support.js';

/** Large enough that writing it takes several turns of the loop. */
const stateOf = (name: string): string => JSON.stringify({ name, filler: name.repeat(400_000) });
const checkpointsIn = (folder: string): string[] => readdirSync(join(folder, 'checkpoints')).sort();

describe('the state in a backup', () => {
  it('is whole and no younger than the copy, while the store goes on sealing its own', async () => {
    const root = temporaryDirectory();
    const journal = await openJournal({ directory: join(root, 'journal') });
    await journal.append([audit('first'), audit('second')]);
    await journal.saveCheckpoint({ offset: 1, state: stateOf('1') });
    await journal.saveCheckpoint({ offset: 2, state: stateOf('2') });
    let last = 2;
    let ended = false;
    const seal = async (): Promise<void> => {
      while (!ended) {
        const [place] = await journal.append([audit('more')]);
        last = place!.offset;
        const checkpoint = { offset: last, state: stateOf(`${last}`) };
        await (last % 2 === 0 ? journal.saveCheckpoint(checkpoint) : journal.renewCheckpoint(checkpoint));
      }
    };
    const sealing = seal();
    const copies: { offset: number; target: string }[] = [];
    for (let n = 0; n < 12; n += 1) {
      const target = join(root, `copy-${n}`);
      copies.push({ target, ...(await journal.backup(target)) });
    }
    ended = true;
    await sealing;
    for (const { target, offset } of copies) {
      expect(checkpointsIn(target)).toHaveLength(2);
      expect(checkpointsIn(target).join()).not.toMatch(/part|damaged/);
      const restored = await openJournal({ directory: target, inProcess: true });
      const checkpoint = restored.loadCheckpoint();
      expect(checkpoint?.state).toBe(stateOf(`${checkpoint?.offset}`));
      expect(checkpoint?.offset).toBeLessThanOrEqual(offset);
      expect(restored.stats().alarms).toEqual([]);
    }
  });

  it('is the older one where the newest is damaged', async () => {
    const root = temporaryDirectory();
    const directory = join(root, 'journal');
    const journal = await openJournal({ directory, inProcess: true });
    await journal.append([audit('a'), audit('b')]);
    await journal.saveCheckpoint({ offset: 1, state: '{"n":1}' });
    await journal.saveCheckpoint({ offset: 2, state: '{"n":2}' });
    writeFileSync(join(directory, 'checkpoints', checkpointsIn(directory)[1]!), 'broken');
    await journal.backup(join(root, 'copy'));
    const restored = await openJournal({ directory: join(root, 'copy'), inProcess: true });
    expect(restored.loadCheckpoint()).toEqual({ offset: 1, state: '{"n":1}' });
    expect(restored.stats().alarms).toEqual([]);
  });

  it('may be missing where the journal reaches back to its beginning, and else the copy is refused', async () => {
    const root = temporaryDirectory();
    const directory = join(root, 'journal');
    const journal = await openJournal({ directory, inProcess: true });
    await journal.append([audit('a'), audit('b')]);
    await journal.backup(join(root, 'young'));
    expect(existsSync(join(root, 'young', 'restored'))).toBe(true);
    await journal.saveCheckpoint({ offset: 1, state: '{"n":1}' });
    writeFileSync(join(directory, 'checkpoints', checkpointsIn(directory)[0]!), 'broken');
    await expect(journal.backup(join(root, 'copy'))).rejects.toThrow(/no sealed state .* can be read/);
    expect(readdirSync(root).sort()).toEqual(['journal', 'young']);
  });

  it('leaves nothing half copied behind when a copy fails', async () => {
    const root = temporaryDirectory();
    const journal = await openJournal({ directory: join(root, 'journal'), inProcess: true });
    await journal.append([audit('a')]);
    // A copy cannot take the place of a folder that holds something.
    mkdirSync(join(root, 'copy', 'in-the-way'), { recursive: true });
    await expect(journal.backup(join(root, 'copy'))).rejects.toThrow();
    expect(readdirSync(root).sort()).toEqual(['copy', 'journal']);
  });
});
