/** A body that is in memory anyway, sent as the other side takes it: what waits for a slow reader is one piece. */
import type { ServerResponse } from 'node:http';

const PIECE_BYTES = 16 * 1024;

export function sendInPieces(response: ServerResponse, body: Buffer): void {
  let sentBytes = 0;
  const goOn = (): void => {
    while (body.length - sentBytes > PIECE_BYTES) {
      const piece = body.subarray(sentBytes, sentBytes + PIECE_BYTES);
      sentBytes += PIECE_BYTES;
      if (response.write(piece)) continue;
      response.once('drain', goOn);
      return;
    }
    response.end(body.subarray(sentBytes));
  };
  goOn();
}
