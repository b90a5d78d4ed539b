import { transactionKey } from '../../../contracts/index.js';
import type { Draft } from '../../../ports.js';
import { fieldMisfit, type JsonObject, readObject, unknownVersion } from '../json.js';
import type { Adapter } from '../types.js';

/** Tills that speak Endcap's own JSON, over MQTT and HTTP. */
export const nativePos: Adapter = {
  name: 'native-pos',
  version: '1',
  topics: ['endcap/v1/pos/+/transaction'],
  decode(bytes, meta) {
    const till = meta.topic === '' ? undefined : meta.topic.split('/')[3];
    const read = readObject(bytes);
    if ('rejection' in read) return read;
    const otherVersion = unknownVersion('pos.transaction', read.value);
    if (otherVersion !== undefined) return otherVersion;
    const { dataschema: _dataschema, ...body } = read.value;
    if (till !== undefined && body['till'] !== till) {
      return fieldMisfit('/till', 'another till than the topic names');
    }
    const { time } = body;
    const id = naturalId(body);
    const draft = {
      type: 'pos.transaction',
      device: typeof body['till'] === 'string' ? body['till'] : meta.device,
      data: body,
      ...(id === undefined ? {} : { id }),
      ...(typeof time === 'string' ? { time } : {}),
    };
    // The gate checks `data` against the schema of the topic; here it only has the right outline.
    return { drafts: [draft as unknown as Draft] };
  },
};

function naturalId(body: JsonObject): string | undefined {
  const { till, businessDay, sequence } = body;
  if (typeof till !== 'string' || typeof businessDay !== 'string' || typeof sequence !== 'number')
    return undefined;
  return transactionKey({ till, businessDay, sequence });
}
