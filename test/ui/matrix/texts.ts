/** Fields of payloads that hold what people wrote: names, headlines, small print. */
const WRITTEN = new Set([
  ...[
    'name',
    'headline',
    'title',
    'storeName',
    'screenName',
    'smallPrint',
    'product',
    'why',
    'text',
    'detail',
  ],
  ...['cure', 'reason', 'by', 'pieceName', 'size', 'campaignName', 'zoneName'],
]);
/** These decide what a page does, whatever they are called. */
const KEPT = /^(?:[A-Z][A-Za-z]+|[a-z]+(?:-[a-z0-9]+)*)$/;

/** The same payload with every written text changed; codes and identifiers stay. */
export function withTexts<T>(payload: T, change: (text: string) => string, key = ''): T {
  if (Array.isArray(payload)) return payload.map((item) => withTexts(item, change, key)) as T;
  if (payload !== null && typeof payload === 'object') {
    return Object.fromEntries(
      Object.entries(payload).map(([name, value]) => [name, withTexts(value, change, name)]),
    ) as T;
  }
  const isWritten =
    typeof payload === 'string' && WRITTEN.has(key) && !(key === 'reason' && KEPT.test(payload));
  return isWritten ? (change(payload) as T) : payload;
}

export const tenTimes = (text: string): string => `${text} `.repeat(10).trim();
export const fromRight = (): string => '\u0645\u062a\u062c\u0631 \u0627\u0644\u0632\u0647\u0648\u0631';
