/**
 * What `make` gives for a text, kept for the texts of late: the oldest goes when there are more than `entriesMax`. In
 * memory only. For what is worked out thousands of times a second from few different texts.
 */
export function createMemo<T>(entriesMax: number, make: (text: string) => T): (text: string) => T {
  const made = new Map<string, { readonly value: T }>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known.value;
    const value = make(text);
    made.set(text, { value });
    if (made.size > entriesMax) made.delete(made.keys().next().value ?? text);
    return value;
  };
}

/** Topics whose levels are kept: as many as a busy shop uses in some minutes. */
const TOPICS_REMEMBERED_MAX = 4_096;

/** The levels of an MQTT topic. */
export const topicLevels: (topic: string) => readonly string[] = createMemo(TOPICS_REMEMBERED_MAX, (topic) =>
  Object.freeze(topic.split('/')),
);
