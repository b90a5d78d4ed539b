/** One element of a table of the state: `[["key",value],["key",value]]` under the name of a field. */
export interface Row {
  readonly field: string;
  /** As it stands in the text. */
  readonly raw: string;
  /** The key without its quotes, and the value as JSON; absent where the element is no pair of a string and a value. */
  readonly pair?: { readonly key: string; readonly value: string };
}

/** Text between tables, as it is, or a row of one; `first` opens its table. */
export type Piece =
  | { readonly text: string; readonly row?: undefined }
  | { readonly row: Row; readonly first: boolean };

/** Where a table begins. A quote within a string is escaped, so that no text of a person or device looks like this. */
const TABLE = '":[["';
const QUOTE = 34;
const COMMA = 44;
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);
const BACKSLASH = 92;

/**
 * A serialised state as pieces, without parsing it: most of a large one is text that names nobody, and building its
 * objects would hold the loop up. Put together again in order, with a comma before each row but the first, the pieces
 * are the text.
 */
export function* piecesOf(text: string): Generator<Piece> {
  let done = 0;
  for (;;) {
    const quote = text.indexOf(TABLE, done);
    if (quote < 0) break;
    const field = text.slice(text.lastIndexOf('"', quote - 1) + 1, quote);
    let at = quote + TABLE.length - 2;
    yield { text: text.slice(done, at) };
    for (let first = true; ; first = false) {
      const { end, commas, comma } = measure(text, at);
      const raw = text.slice(at, end);
      const isPair = commas === 1 && raw.charCodeAt(1) === QUOTE && raw.charCodeAt(comma - at - 1) === QUOTE;
      const pair = { key: text.slice(at + 2, comma - 1), value: text.slice(comma + 1, end - 1) };
      yield { row: isPair ? { field, raw, pair } : { field, raw }, first };
      at = end + 1;
      if (text.charCodeAt(end) !== COMMA) break;
    }
    done = at - 1;
  }
  yield { text: text.slice(done) };
}

/** Puts pieces together again; a row without text is left out, with its comma. */
export function createJoiner() {
  let out: string[] = [];
  let empty = true;
  return {
    add(piece: Piece, text: string | undefined): void {
      if (piece.row === undefined) {
        out.push(text ?? '');
        return;
      }
      empty ||= piece.first;
      if (text === undefined) return;
      out.push(empty ? text : `,${text}`);
      empty = false;
    },
    /** What was put together since it was last asked for. */
    take(): string {
      const joined = out.join('');
      out = [];
      return joined;
    },
  };
}

/** The text with its rows, and what stands between them, made anew. */
export function rewrite(
  text: string,
  made: { between(text: string): string; row(row: Row): string | undefined },
): string {
  const joiner = createJoiner();
  for (const piece of piecesOf(text))
    joiner.add(piece, piece.row === undefined ? made.between(piece.text) : made.row(piece.row));
  return joiner.take();
}

/** Where the JSON value that begins at `at` ends, and how many commas stand directly in it. */
function measure(text: string, at: number): { end: number; commas: number; comma: number } {
  let depth = 0;
  let commas = 0;
  let comma = at;
  for (let index = at; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = closingQuote(text, index);
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) {
      depth -= 1;
      if (depth === 0) return { end: index + 1, commas, comma };
      if (depth < 0) return { end: index, commas, comma };
    } else if (code === COMMA) {
      if (depth === 0) return { end: index, commas, comma };
      if (depth === 1) {
        commas += 1;
        if (commas === 1) comma = index;
      }
    }
  }
  return { end: text.length, commas, comma };
}

function closingQuote(text: string, opening: number): number {
  for (let quote = text.indexOf('"', opening + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote;
  }
  return text.length;
}
