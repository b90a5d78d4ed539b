import { afterEach, describe, expect, it, vi } from 'vitest';
import { longCall } from '../../signage-ui/shared/api.js';

/** The store's answer in pieces as a network cuts them. */
function answerWith(pieces: readonly string[], contentType = 'application/x-ndjson'): void {
  const bytes = pieces.map((piece) => new TextEncoder().encode(piece));
  const body = new ReadableStream({
    start(controller) {
      for (const piece of bytes) controller.enqueue(piece);
      controller.close();
    },
  });
  vi.stubGlobal('fetch', async () => new Response(body, { headers: { 'content-type': contentType } }));
}

async function asked(): Promise<{ shares: number[]; answer: unknown }> {
  const shares: number[] = [];
  const options = {
    timeoutMs: 1_000,
    onProgress: ({ share }: { share: number }) => void shares.push(share),
  };
  const answer = await longCall('/v1/simulate', {}, options).catch((error: Error) => error.message);
  return { shares, answer };
}

describe('an answer that takes its time', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is heard as it comes, wherever its lines are cut', async () => {
    answerWith([
      '{"progress":{"sha',
      're":0.25}}\n{"progress":{"share":0.5}}\n{"res',
      'ult":{"differences":3}}\n',
    ]);
    expect(await asked()).toEqual({ shares: [0.25, 0.5], answer: { differences: 3 } });
  });

  it('may end in a refusal', async () => {
    answerWith(['{"progress":{"share":0.25}}\n{"refusal":{"reason":"Busy","detail":"being repaired"}}\n']);
    expect(await asked()).toEqual({ shares: [0.25], answer: 'being repaired' });
  });

  it('that breaks off is no answer', async () => {
    answerWith(['{"progress":{"share":0.25}}\n']);
    expect(await asked()).toEqual({ shares: [0.25], answer: 'The store did not answer.' });
  });

  it('of a store that knows no lines is one document', async () => {
    answerWith(['{"differences":3}'], 'application/json');
    expect(await asked()).toEqual({ shares: [], answer: { differences: 3 } });
  });
});
