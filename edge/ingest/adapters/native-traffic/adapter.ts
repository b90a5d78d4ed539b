import type { Draft } from '../../../ports.js';
import { fieldMisfit, readObject, timeOf, unknownVersion } from '../json.js';
import type { Adapter } from '../types.js';

/** People counters that report their totals since boot. */
export const nativeTraffic: Adapter = {
  name: 'native-traffic',
  version: '1',
  topics: ['endcap/v1/traffic/+'],
  decode(bytes, meta) {
    const zone = meta.topic.split('/')[3] ?? '';
    const read = readObject(bytes);
    if ('rejection' in read) return read;
    const otherVersion = unknownVersion('presence.traffic', read.value);
    if (otherVersion !== undefined) return otherVersion;
    const { time, boot, dataschema: _dataschema, ...count } = read.value;
    if (count['zone'] !== undefined && count['zone'] !== zone) {
      return fieldMisfit('/zone', 'another zone than the topic names');
    }
    const named = typeof boot === 'number' ? String(boot) : boot;
    const data = { ...count, zone, ...(named === undefined ? {} : { boot: named }) };
    const draft = { type: 'presence.traffic', device: meta.device, data, ...timeOf(time) };
    // The gate checks `data` against the schema of the topic; here it only has the right outline.
    return { drafts: [draft as unknown as Draft] };
  },
};
