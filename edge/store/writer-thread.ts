import { parentPort, workerData } from 'node:worker_threads';
import type { WriterOptions } from './options.js';
import type { FromWriter, ToWriter } from './protocol.js';
import { createWriter, type Writer } from './writer.js';

/** The journal's own thread: a slow disk stops here and never the event loop of the store. */
const port = parentPort;
if (port === null) throw new Error('the writer thread was not started as a thread');
const say = (message: FromWriter): void => port.postMessage(message);

let writer: Writer | undefined;
try {
  writer = createWriter((workerData as { options: WriterOptions }).options, (level, text, fields) =>
    say({ kind: 'log', level, text, ...(fields === undefined ? {} : { fields }) }),
  );
  say({ kind: 'opened', opened: writer.opened });
} catch (error) {
  sayFailed(error);
}

port.on('message', ({ number, request }: ToWriter) => {
  if (writer === undefined) return;
  try {
    say({ kind: 'done', number, response: writer.handle(request) });
  } catch (error) {
    sayFailed(error, number);
  }
  if (request.op === 'close') port.close();
});

function sayFailed(error: unknown, number?: number): void {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  say({ kind: 'failed', ...(number === undefined ? {} : { number }), name, message });
}
