export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Server-sent events of an answer that have data. The connection ends when the reader stops. */
export async function* serverEvents(answer: Response): AsyncGenerator<ServerEvent> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = fieldOf(block, 'data');
      if (data !== '') yield { event: fieldOf(block, 'event'), data };
    }
  }
}

function fieldOf(block: string, name: string): string {
  return block
    .split('\n')
    .filter((row) => row.startsWith(`${name}:`))
    .map((row) => row.slice(name.length + 1).trim())
    .join('\n');
}
