/** What stands for a sentence that the store wrote in English. */
const MARK = 'ENGLISH-OF-THE-STORE';
export const SENTENCE = new RegExp(MARK);
/** Fields with which the store speaks to those who read its interface themselves. */
const SENTENCES = new Set(['detail', 'text', 'cure', 'doubt', 'words']);
/** A code beside it says the same: for each such field of a payload the field that holds the sentence. */
const BESIDE = { saw: 'value', wants: 'needs', liking: 'value', because: 'why', cure: 'title' } as const;

/** The same payload with each English sentence of the store marked, wherever it stands. */
export function markedEnglish<T>(payload: T): T {
  if (Array.isArray(payload)) return payload.map((one) => markedEnglish(one)) as T;
  if (payload === null || typeof payload !== 'object') return payload;
  // What stands beside an entry of the audit log is codes and figures.
  if ('action' in payload) return payload;
  const told = Object.entries(BESIDE).flatMap(([code, sentence]) => (code in payload ? [sentence] : []));
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => {
      const isSentence =
        typeof value === 'string' && (SENTENCES.has(name) || told.some((one) => one === name));
      return [name, isSentence ? MARK : markedEnglish(value)];
    }),
  ) as T;
}
