import { createHash, webcrypto } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { sha256Of } from '../../signage-ui/player/digest.js';

afterEach(() => vi.unstubAllGlobals());

const MIB = 1024 * 1024;
const bytesOf = (size: number) => Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251);

it.each([
  ['the browser', webcrypto],
  ['the page itself, on plain http', {}],
] as const)('is reckoned by %s, whatever the size', async (_who, crypto) => {
  vi.stubGlobal('crypto', crypto);
  for (const size of [0, 1, 63, 64, MIB / 4 - 1, MIB / 4, MIB / 4 + 1, MIB + 7]) {
    const bytes = bytesOf(size);
    expect(await sha256Of(new Blob([bytes]))).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});
