import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** Standard output as commands use it: whoever reads along may have enough, as `head` does. */
const ignoreBrokenPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};
const endOnBrokenPipe = (error: NodeJS.ErrnoException): void => {
  ignoreBrokenPipe(error);
  process.exit();
};

/** When nobody reads any more, the command is done, and nothing went wrong. */
export function endWithReader(): void {
  process.stdout.on('error', endOnBrokenPipe);
  process.stderr.on('error', ignoreBrokenPipe);
}

/** For a store: it goes on whoever reads what it prints. */
export function outliveReader(): void {
  process.stdout.off('error', endOnBrokenPipe);
  process.stdout.on('error', ignoreBrokenPipe);
}

export interface Output {
  /** Resolves when more may be written. Rejects with the system's error. */
  write(text: string): Promise<void>;
  /** Resolves once everything is written. */
  end(): Promise<void>;
}

/** A file, or standard output when none is named. Rejects with the system's error when it cannot be opened. */
export async function openOutput(path: string | undefined): Promise<Output> {
  if (path === undefined) {
    return {
      async write(text) {
        if (!process.stdout.write(text)) await once(process.stdout, 'drain');
      },
      end: async () => undefined,
    };
  }
  const file = createWriteStream(path);
  const done = finished(file);
  // Awaited by whoever writes; until then it is nobody's.
  done.catch(() => undefined);
  await Promise.race([once(file, 'open'), done]);
  return {
    async write(text) {
      if (!file.write(text)) await Promise.race([once(file, 'drain'), done]);
    },
    async end() {
      file.end();
      await done;
    },
  };
}
