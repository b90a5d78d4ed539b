/** Files that are no longer what their names say: set aside, named to staff, given to nobody. */
import { readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^[0-9a-f]{64}\.(png|jpg|webp|mp4|webm)$/;
const SET_ASIDE = 'set-aside';

export const isMediaName = (name: string): boolean => NAME.test(name);

export interface Damaged {
  names(): readonly string[];
  setAside(name: string): Promise<void>;
  /** It is whole again, or nobody wants it any more. */
  remove(name: string): Promise<boolean>;
  /** Nothing is on its way there: a name that was set aside is free to be written again. */
  settled(): Promise<unknown>;
}

/** Kept to be looked at, outside the reach of any page, until the same file is uploaded again or removed. */
export function createDamaged(
  folder: string,
  whole: ReadonlyMap<string, unknown>,
  onChange: ((names: readonly string[]) => void) | undefined,
): Damaged {
  const aside = join(folder, SET_ASIDE);
  const names = new Set(namesIn(aside).filter((name) => !whole.has(name)));
  let moving: Promise<unknown> = Promise.resolve();
  const move = async (name: string): Promise<void> => {
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await rename(join(folder, name), join(aside, name)).catch(unlessGone);
  };
  const tell = (): void => onChange?.([...names]);
  if (names.size > 0) tell();
  return {
    names: () => [...names],
    setAside(name) {
      names.add(name);
      tell();
      const mine = moving.then(() => move(name));
      moving = mine.catch(() => undefined);
      return mine;
    },
    async remove(name) {
      if (!names.delete(name)) return false;
      tell();
      await rm(join(aside, name), { force: true });
      return true;
    },
    settled: () => moving,
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isMediaName);
  } catch (error) {
    unlessGone(error);
    return [];
  }
}

function unlessGone(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
