/** What Node's reader of HTTP refuses before any route is asked: said as a problem document, like everything else. */
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Refusal, toProblem } from '../contracts/index.js';

const READ_WITHIN_MS = 1_000;

export function answerClientErrors(server: Server, headerBytesMax: number): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex & { bytesWritten?: number }) => {
    // Half of an answer may stand there already, and who hung up reads none.
    if (error.code === 'ECONNRESET' || !socket.writable || answering(socket)) {
      socket.destroy();
      return;
    }
    socket.end(answerOf(refusalOf(error.code, headerBytesMax)), () => socket.destroy());
    // Who reads no answer keeps no connection.
    setTimeout(() => socket.destroy(), READ_WITHIN_MS).unref();
  });
}

/** Node keeps there which answer of the connection is being written. */
function answering(socket: Duplex): boolean {
  const { _httpMessage: message } = socket as Duplex & { _httpMessage?: { headersSent: boolean } | null };
  return message?.headersSent === true;
}

function refusalOf(code: string | undefined, headerBytesMax: number): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { reason: 'HeadersTooLarge', detail: `the header lines are over ${headerBytesMax} bytes` };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { reason: 'RequestTimeout', detail: 'the request did not arrive in time' };
    default:
      return { reason: 'MalformedRequest', detail: 'the request is not well formed' };
  }
}

function answerOf(refusal: Refusal): string {
  const problem = toProblem(refusal, '/');
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${refusal.reason}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
