import type { Worker } from 'node:worker_threads';
import type { JournalLog, WriterOptions } from './options.js';
import type { FromWriter, Opened, Request, Response } from './protocol.js';
import { MisconfiguredError } from './schema.js';
import { startThread } from './thread.js';
import { createWriter } from './writer.js';

/** The way to the writer, wherever it runs. Answers come in the order of the requests. */
export interface WriterChannel {
  readonly opened: Opened;
  send(request: Request): Promise<Response>;
}

/** The writer in this thread: the same code, run synchronously, for deterministic simulation. */
export function inProcessChannel(options: WriterOptions, log: JournalLog): WriterChannel {
  const writer = createWriter(options, log);
  return {
    opened: writer.opened,
    async send(request) {
      const response = writer.handle(request);
      writer.rest();
      return response;
    },
  };
}

export function threadChannel(options: WriterOptions, log: JournalLog): Promise<WriterChannel> {
  const worker = startWorker(options);
  const waiting = new Map<number, { resolve(response: Response): void; reject(error: Error): void }>();
  let count = 0;
  let ended: Error | undefined;
  const failAll = (error: Error): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const send = (request: Request): Promise<Response> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) {
        reject(ended);
        return;
      }
      count += 1;
      waiting.set(count, { resolve, reject });
      worker.postMessage({ number: count, request });
    });
  return new Promise((resolve, reject) => {
    worker.on('error', (error) => {
      reject(error);
      failAll(error instanceof Error ? error : new Error(String(error)));
    });
    worker.on('exit', () => failAll(new Error('the writer thread of the journal has ended')));
    worker.on('message', (message: FromWriter) => {
      if (message.kind === 'opened') resolve({ opened: message.opened, send });
      else if (message.kind === 'log') log(message.level, message.text, message.fields);
      else if (message.kind === 'done') {
        waiting.get(message.number)?.resolve(message.response);
        waiting.delete(message.number);
      } else {
        const error = errorOf(message);
        if (message.number === undefined) {
          void worker.terminate();
          reject(error);
        } else {
          waiting.get(message.number)?.reject(error);
          waiting.delete(message.number);
        }
      }
    });
  });
}

function errorOf({ name, message }: Extract<FromWriter, { kind: 'failed' }>): Error {
  if (name === 'MisconfiguredError') return new MisconfiguredError(message);
  return Object.assign(new Error(message), { name });
}

/** A batch is short-lived: a small young generation keeps the thread's memory down. Repairs need the old one. */
const MEMORY = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 };

function startWorker(options: WriterOptions): Worker {
  const settings = { workerData: { options }, resourceLimits: MEMORY };
  return startThread(new URL('./writer-thread.js', import.meta.url), settings);
}
