/**
 * Screens that were made or changed at the store itself, beside store.yaml: a file of their own, because nobody's
 * comments in store.yaml may be lost to a button on a page.
 */
import { readFileSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { misfit, Screen, type StorePolicy } from '../contracts/index.js';
import { writeDurably } from '../ops/durable-file.js';

const OwnScreens = Type.Object({ screens: Type.Array(Screen) });

/** None where there is no file. A damaged one is no reason to keep a store from starting: `onDamaged` hears of it. */
export function readOwnScreens(file: string, onDamaged: (why: string) => void): readonly Screen[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onDamaged((error as Error).message);
    return [];
  }
  try {
    const value = JSON.parse(text) as { screens: Screen[] };
    const wrong = misfit(OwnScreens, value);
    if (wrong === undefined) return value.screens;
    onDamaged(wrong.detail);
  } catch (error) {
    onDamaged((error as Error).message);
  }
  return [];
}

/** Durable when it returns: whole, or as it was before. */
export function writeOwnScreens(file: string, screens: readonly Screen[]): void {
  writeDurably(file, JSON.stringify({ screens }, null, 2));
}

/** The store's own word goes before the file's; one whose zone is gone has no place to stand. */
export function withOwnScreens(policy: StorePolicy, own: readonly Screen[]): StorePolicy {
  const zones = new Set(policy.zones.map(({ id }) => id));
  const standing = new Map(own.filter(({ zone }) => zones.has(zone)).map((screen) => [screen.id, screen]));
  const screens = policy.screens.map((screen) => standing.get(screen.id) ?? screen);
  const known = new Set(policy.screens.map(({ id }) => id));
  return { ...policy, screens: [...screens, ...[...standing.values()].filter(({ id }) => !known.has(id))] };
}
