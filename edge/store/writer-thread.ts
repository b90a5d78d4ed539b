import { fdatasync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { attempt } from './failures.js';
import type { WriterOptions } from './options.js';
import type { FromWriter, ToWriter } from './protocol.js';
import type { WriteAhead } from './write-ahead.js';
import { createWriter, type Writer } from './writer.js';

/** The journal's own thread: a slow disk stops here and never the event loop of the store. */
const port = parentPort;
if (port === null) throw new Error('the writer thread was not started as a thread');
const say = (message: FromWriter): void => port.postMessage(message);

let writer: Writer | undefined;
try {
  writer = createWriter(
    (workerData as { options: WriterOptions }).options,
    (level, text, fields) => say({ kind: 'log', level, text, ...(fields === undefined ? {} : { fields }) }),
    confirmBeside,
  );
  say({ kind: 'opened', opened: writer.opened });
} catch (error) {
  sayFailed(error);
}

/** One after the other: an answer may come later than the next request. */
const waiting: ToWriter[] = [];
let working = false;
port.on('message', (message: ToWriter) => {
  waiting.push(message);
  if (!working) void work();
});

async function work(): Promise<void> {
  working = true;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await serve(next);
  working = false;
}

async function serve({ number, request }: ToWriter): Promise<void> {
  if (writer === undefined) return;
  try {
    const response = writer.handle(request);
    say({ kind: 'done', number, response: response instanceof Promise ? await response : response });
  } catch (error) {
    sayFailed(error, number);
  }
  if (request.op === 'close') port?.close();
  else writer.rest();
}

/** In another thread, so that this one can write the other family meanwhile. */
function confirmBeside(log: WriteAhead): Promise<unknown> {
  return new Promise((resolve) => {
    const unopened = attempt(() => fdatasync(log.file(), (error) => resolve(error ?? undefined)));
    if (unopened !== undefined) resolve(unopened);
  });
}

function sayFailed(error: unknown, number?: number): void {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  say({ kind: 'failed', ...(number === undefined ? {} : { number }), name, message });
}
