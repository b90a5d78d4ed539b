/**
 * SHA-256 of a file, also where the browser does not reckon it: `crypto.subtle` is for trusted origins alone, and a
 * screen is often reached by plain http.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Little enough that the screen draws its frames in between on a slow box, too. */
const PIECE_BYTES = 256 * 1024;

/** In small hexadecimal letters. */
export async function sha256Of(body: Blob): Promise<string> {
  if (crypto.subtle !== undefined) {
    return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', await body.arrayBuffer())));
  }
  const hash = sha256.create();
  for (let at = 0; at < body.size; at += PIECE_BYTES) {
    hash.update(new Uint8Array(await body.slice(at, at + PIECE_BYTES).arrayBuffer()));
  }
  return bytesToHex(hash.digest());
}
