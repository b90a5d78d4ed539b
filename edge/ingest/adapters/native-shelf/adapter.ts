import type { Draft } from '../../../ports.js';
import { countedId, fieldMisfit, readObject, timeOf, unknownVersion } from '../json.js';
import type { Adapter } from '../types.js';

/** Shelf scales and counters that speak Endcap's own JSON. */
export const nativeShelf: Adapter = {
  name: 'native-shelf',
  version: '1',
  topics: ['endcap/v1/shelf/+'],
  decode(bytes, meta) {
    const shelf = meta.topic.split('/')[3] ?? '';
    const read = readObject(bytes);
    if ('rejection' in read) return read;
    const otherVersion = unknownVersion('shelf.reading', read.value);
    if (otherVersion !== undefined) return otherVersion;
    const { time, dataschema: _dataschema, ...reading } = read.value;
    if (reading['shelf'] !== undefined && reading['shelf'] !== shelf) {
      return fieldMisfit('/shelf', 'another shelf than the topic names');
    }
    if (reading['count'] === undefined && reading['weight_g'] === undefined) {
      return fieldMisfit('/count', 'expected count or weight_g');
    }
    const id = countedId(shelf, read.value);
    const draft = {
      type: 'shelf.reading',
      device: shelf,
      data: { ...reading, shelf },
      ...(id === undefined ? {} : { id }),
      ...timeOf(time),
    };
    // The gate checks `data` against the schema of the topic; here it only has the right outline.
    return { drafts: [draft as unknown as Draft] };
  },
};
