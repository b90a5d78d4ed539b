/**
 * What a player keeps on its own disk for the days without the store: files by the hash in their name, and plays that
 * the store has not heard of. IndexedDB, because it is there on plain http, too; where it is not, memory.
 */
import type { SignageShown } from '../../edge/contracts/index.js';

export interface KeptPlay {
  readonly key: number;
  readonly play: SignageShown;
}

export interface Keep {
  fileNames(): Promise<readonly string[]>;
  file(name: string): Promise<Blob | undefined>;
  keepFile(name: string, body: Blob): Promise<void>;
  dropFile(name: string): Promise<void>;
  addPlay(play: SignageShown): Promise<void>;
  firstPlay(): Promise<KeptPlay | undefined>;
  dropPlay(key: number): Promise<void>;
}

const NAME = 'endcap-player';
const FILES = 'files';
const PLAYS = 'plays';
/** A week of one play every ten seconds. */
const PLAYS_MAX = 60_480;

function whenDone<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** A full disk is often told only when the transaction ends: until then nothing is kept. */
function whenKept(request: IDBRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const { transaction } = request;
    if (transaction === null) return reject(new Error('a write without a transaction'));
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(FILES);
    request.result.createObjectStore(PLAYS, { autoIncrement: true });
  };
  return whenDone(request);
}

/** `screen` keeps the plays of two screens in one browser apart; files are the same for all. */
export async function openKeep(screen: string): Promise<Keep> {
  try {
    const [files, plays] = await Promise.all([openDatabase(NAME), openDatabase(`${NAME}.${screen}`)]);
    return keepIn(files, plays);
  } catch {
    return keepInMemory();
  }
}

function keepIn(files: IDBDatabase, plays: IDBDatabase): Keep {
  const inFiles = (mode: IDBTransactionMode) => files.transaction(FILES, mode).objectStore(FILES);
  const inPlays = (mode: IDBTransactionMode) => plays.transaction(PLAYS, mode).objectStore(PLAYS);
  const trim = async (): Promise<void> => {
    const count = await whenDone(inPlays('readonly').count());
    if (count <= PLAYS_MAX) return;
    const oldest = await whenDone(inPlays('readonly').getAllKeys(undefined, count - PLAYS_MAX));
    const last = oldest.at(-1);
    if (last !== undefined) await whenKept(inPlays('readwrite').delete(IDBKeyRange.upperBound(last)));
  };
  return {
    fileNames: async () => (await whenDone(inFiles('readonly').getAllKeys())).map(String),
    file: async (name) => (await whenDone(inFiles('readonly').get(name))) as Blob | undefined,
    keepFile: async (name, body) => {
      await whenKept(inFiles('readwrite').put(body, name));
    },
    dropFile: async (name) => {
      await whenKept(inFiles('readwrite').delete(name));
    },
    addPlay: async (play) => {
      await whenKept(inPlays('readwrite').add(play));
      await trim();
    },
    firstPlay: async () => {
      const cursor = await whenDone(inPlays('readonly').openCursor());
      return cursor === null ? undefined : { key: Number(cursor.key), play: cursor.value as SignageShown };
    },
    dropPlay: async (key) => {
      await whenKept(inPlays('readwrite').delete(key));
    },
  };
}

export function keepInMemory(): Keep {
  const files = new Map<string, Blob>();
  const plays: KeptPlay[] = [];
  let nextKey = 1;
  return {
    fileNames: async () => [...files.keys()],
    file: async (name) => files.get(name),
    keepFile: async (name, body) => {
      files.set(name, body);
    },
    dropFile: async (name) => {
      files.delete(name);
    },
    addPlay: async (play) => {
      plays.push({ key: nextKey++, play });
      if (plays.length > PLAYS_MAX) plays.shift();
    },
    firstPlay: async () => plays[0],
    dropPlay: async (key) => {
      const place = plays.findIndex((kept) => kept.key === key);
      if (place >= 0) plays.splice(place, 1);
    },
  };
}
