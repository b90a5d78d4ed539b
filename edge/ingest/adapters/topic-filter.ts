/** MQTT 3.1.1 section 4.7: does a topic fit a filter, both split at `/`? */
export function topicMatches(filter: readonly string[], topic: readonly string[]): boolean {
  for (let index = 0; index < filter.length; index++) {
    const level = filter[index];
    if (level === '#') return !(index === 0 && topic[0]?.startsWith('$'));
    if (index >= topic.length) return false;
    if (level === '+') {
      if (index === 0 && topic[0]?.startsWith('$')) return false;
    } else if (level !== topic[index]) return false;
  }
  return filter.length === topic.length;
}
