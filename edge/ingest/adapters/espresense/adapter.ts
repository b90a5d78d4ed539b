import { type TopicData, topicLevels } from '../../../contracts/index.js';
import type { Draft } from '../../../ports.js';
import { fieldMisfit, readObject, timeOf } from '../json.js';
import type { Adapter, Decoded, Meta } from '../types.js';

/** Metres beyond which the node's own estimate is noise. */
const DISTANCE_MAX_M = 1_000;

/** ESPresense: ESP32 nodes that report each Bluetooth tag they hear, and their own state. */
export const espresense: Adapter = {
  name: 'espresense',
  version: '1',
  topics: [
    'espresense/devices/+/+',
    'espresense/rooms/+/+',
    'espresense/rooms/+/+/set',
    'espresense/settings/+/config',
  ],
  retained: ['espresense/rooms/+/status'],
  decode(bytes, meta) {
    const [, kind = '', first = '', second = '', third] = topicLevels(meta.topic);
    if (kind === 'devices') return sighting(bytes, { tag: first, node: second }, meta);
    if (kind === 'rooms' && third === undefined) return room(bytes, first, second);
    // Settings travel between the staff's tools and the nodes; the store has nothing to learn from them.
    return { drafts: [] };
  },
  identities(topic) {
    const [, kind, first = ''] = topic.split('/');
    return kind === 'devices' || kind === 'settings' ? [first] : [];
  },
};

function sighting(bytes: Buffer, heard: { tag: string; node: string }, meta: Meta): Decoded {
  if (heard.tag === '' || heard.node === '') return fieldMisfit('/topic', 'needs a device and a node');
  const read = readObject(bytes);
  if ('rejection' in read) return read;
  const { rssi, distance, seq, time } = read.value;
  const at1m = read.value['rssi@1m'];
  if (typeof rssi !== 'number') return fieldMisfit('/rssi', 'expected a number');
  // Field by field, since there are ten thousand a second: each copy of an object counts.
  const data: Writable<TopicData<'presence.sighting'>> = {
    visitor: meta.visitorOf(heard.tag),
    node: heard.node,
    rssi,
  };
  if (typeof at1m === 'number') data.rssiAt1m = at1m;
  if (isMetres(distance)) data.distanceM = distance;
  if (typeof seq === 'number') data.seq = seq;
  const draft: Draft<'presence.sighting'> = { type: 'presence.sighting', device: heard.node, data };
  return { drafts: [time === undefined ? draft : { ...draft, ...timeOf(time) }] };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function isMetres(distance: unknown): distance is number {
  return typeof distance === 'number' && distance >= 0 && distance <= DISTANCE_MAX_M;
}

function room(bytes: Buffer, name: string, what: string): Decoded {
  if (what === 'telemetry') {
    const read = readObject(bytes);
    return 'rejection' in read ? read : { drafts: [state(name, 'device.online', 'telemetry')] };
  }
  // An empty message is how a retained one is taken back.
  if (what !== 'status' || bytes.length === 0) return { drafts: [] };
  const said = bytes.toString('utf8');
  if (said === 'online') return { drafts: [state(name, 'device.online', 'status')] };
  if (said === 'offline') return { drafts: [state(name, 'device.offline', 'status')] };
  return fieldMisfit('/', 'expected the text online or offline');
}

function state(device: string, type: 'device.online' | 'device.offline', reason: string): Draft {
  return { type, device, data: { device, kind: 'espresense', reason } };
}
