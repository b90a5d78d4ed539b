/**
 * Pictures and films of the playlist: fetched once, kept by the hash in their name, shown only when they are here
 * whole and decode. What is not ready has no turn yet; a screen never shows a broken picture.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Slide } from '../../edge/contracts/index.js';
import { sha256Of } from './digest.js';
import type { Keep } from './keep.js';

const RETRY_MS = 15_000;
/** Longer than any fade. */
const LEAVING_MS = 2_000;
/** Files of earlier playlists that stay, in case they come back. */
const OLD_FILES_MAX = 24;

export interface Media {
  /** Address of a file that is ready, by its name. */
  readonly ready: ReadonlySignal<ReadonlyMap<string, string>>;
  /** Fetch what these slides need, give up what nothing needed for long. */
  want(slides: readonly Slide[]): void;
  /** The file could not be drawn after all. */
  broken(name: string): void;
}

export const isFilm = (name: string): boolean => /\.(mp4|webm)$/.test(name);

export function createMedia(keep: Promise<Keep>): Media {
  const ready = signal<ReadonlyMap<string, string>>(new Map());
  const spoilt = new Set<string>();
  let wanted: readonly string[] = [];
  let working = false;
  let again = false;

  const giveUp = (names: Iterable<string>): void => {
    const left = new Map(ready.value);
    for (const name of names) {
      const url = left.get(name);
      left.delete(name);
      // What leaves the screen is still drawn while it fades.
      if (url !== undefined) setTimeout(() => URL.revokeObjectURL(url), LEAVING_MS);
    }
    if (left.size !== ready.value.size) ready.value = left;
  };
  const one = async (name: string): Promise<boolean> => {
    if (ready.value.has(name) || spoilt.has(name)) return true;
    const body = await bodyOf(await keep, name, wanted);
    if (body === undefined) return false;
    const url = URL.createObjectURL(body);
    if ((isFilm(name) || (await decodes(url))) && wanted.includes(name)) {
      ready.value = new Map([...ready.value, [name, url]]);
      return true;
    }
    URL.revokeObjectURL(url);
    if (wanted.includes(name)) spoilt.add(name);
    return true;
  };
  const work = async (): Promise<void> => {
    working = true;
    let missing = false;
    do {
      again = false;
      missing = false;
      for (const name of wanted) if (!(await one(name).catch(() => false))) missing = true;
      await tidy(await keep, wanted, OLD_FILES_MAX).catch(() => undefined);
    } while (again);
    working = false;
    if (missing) setTimeout(start, RETRY_MS);
  };
  const start = (): void => {
    if (working) again = true;
    else void work();
  };
  return {
    ready,
    want(slides) {
      const names = [...new Set(slides.flatMap(({ media }) => media ?? []))];
      if (names.join() === wanted.join()) return;
      wanted = names;
      giveUp([...ready.value.keys()].filter((name) => !names.includes(name)));
      for (const name of spoilt) if (!names.includes(name)) spoilt.delete(name);
      start();
    },
    broken(name) {
      spoilt.add(name);
      giveUp([name]);
    },
  };
}

async function bodyOf(keep: Keep, name: string, wanted: readonly string[]): Promise<Blob | undefined> {
  const kept = await keep.file(name).catch(() => undefined);
  if (kept !== undefined && (await isItself(kept, name))) return kept;
  const response = await fetch(`/v1/media/${name}`, { credentials: 'same-origin' });
  if (!response.ok) return undefined;
  const body = await response.blob();
  if (!(await isItself(body, name))) return undefined;
  await keepIfRoom(keep, { name, body, wanted });
  return body;
}

/** A disk that is full is no reason to show nothing, nor to ask for the same file for ever: it is shown from memory. */
async function keepIfRoom(
  keep: Keep,
  { name, body, wanted }: { readonly name: string; readonly body: Blob; readonly wanted: readonly string[] },
): Promise<void> {
  try {
    await keep.keepFile(name, body).catch(async () => {
      await tidy(keep, wanted, 0);
      await keep.keepFile(name, body);
    });
  } catch {
    // After a restart it is fetched again; until then it is here.
  }
}

/** The name is the SHA-256 of the bytes, and what is anything else is neither shown nor kept. */
async function isItself(body: Blob, name: string): Promise<boolean> {
  return name.startsWith(`${await sha256Of(body)}.`);
}

async function decodes(url: string): Promise<boolean> {
  const picture = new Image();
  picture.src = url;
  return picture.decode().then(
    () => true,
    () => false,
  );
}

/** Files that nobody wants go, the oldest names first, down to `kept`. */
async function tidy(keep: Keep, wanted: readonly string[], kept: number): Promise<void> {
  const old = (await keep.fileNames()).filter((name) => !wanted.includes(name));
  for (const name of old.slice(0, Math.max(0, old.length - kept))) await keep.dropFile(name);
}
