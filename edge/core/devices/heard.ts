import { type HeardDevice, isType, type StoreEvent } from '../../contracts/index.js';
import type { CoreState } from '../state.js';
import type { Step } from '../step.js';
import { isoOf, MINUTE_MS } from '../time.js';
import type { DeviceTrack } from './state.js';

/** Beyond it newly met devices are not followed. */
const DEVICES_HELD = 10_000;
/** People counters tell their totals by the minute; one that says nothing for this long is silent. */
const COUNTER_SILENT_MS = 15 * MINUTE_MS;
/** After a restart of the store or a break of the network everybody is back before this. */
const BACK_SOON_MS = MINUTE_MS / 2;

/** Remember who spoke. Called for every event, so it makes nothing new for a device that is known. */
export function noteHeard(step: Step): void {
  const { event } = step;
  switch (event.type) {
    case 'presence.sighting':
      note(step, (event as StoreEvent<'presence.sighting'>).data.node, 'node');
      break;
    case 'presence.traffic': {
      const track = note(step, deviceOf(event), 'counter');
      if (track !== undefined) track.zone = (event as StoreEvent<'presence.traffic'>).data.zone;
      break;
    }
    case 'shelf.reading':
      if (deviceOf(event) !== 'desk') note(step, (event as StoreEvent<'shelf.reading'>).data.shelf, 'shelf');
      break;
    case 'pos.transaction':
      note(step, (event as StoreEvent<'pos.transaction'>).data.till, 'till');
      break;
    case 'device.online':
    case 'device.offline':
      noteLink(step, event as StoreEvent<'device.online' | 'device.offline'>);
      break;
    default:
      break;
  }
}

function noteLink(step: Step, event: StoreEvent<'device.online' | 'device.offline'>): void {
  const up = isType(event, 'device.online');
  // A screen that was taken out of the store is not silent: it is gone.
  if (!up && event.data.kind === 'screen' && !isOwnScreen(step, event.data.device)) return;
  const known = step.state.devices.heard.get(event.data.device);
  const heardMs = known?.heardMs;
  const track = note(step, event.data.device, event.data.kind);
  if (track === undefined) return;
  track.link = [up, step.nowMs];
  // That a connection was lost is not a word from the device.
  if (!up && heardMs !== undefined) track.heardMs = heardMs;
}

const isOwnScreen = ({ state, derived }: Step, device: string): boolean =>
  state.setup.policy === null || derived.screens.some(({ id }) => id === device);

function note(step: Step, device: string, kind: string): DeviceTrack | undefined {
  const { heard } = step.state.devices;
  const track = heard.get(device);
  if (track !== undefined) {
    track.heardMs = step.nowMs;
    return track;
  }
  if (heard.size >= DEVICES_HELD) return undefined;
  const made: DeviceTrack = { kind, heardMs: step.nowMs, link: null, zone: '' };
  heard.set(device, made);
  return made;
}

const deviceOf = (event: StoreEvent): string => event.source.slice(event.source.lastIndexOf('/') + 1);

export function devicesHeard(state: CoreState): readonly HeardDevice[] {
  return [...state.devices.heard].map(([device, { kind, heardMs, link, zone }]) => ({
    device,
    kind,
    heardAt: isoOf(heardMs),
    ...(link === null ? {} : { up: link[0] || heardMs > link[1], upSince: isoOf(link[1]) }),
    ...(zone === '' ? {} : { zone }),
  }));
}

/** Since when nobody counts in a zone; `undefined` while anybody does, or where nothing ever did. */
export function silentSinceMs(state: CoreState, zone: string, atMs: number): number | undefined {
  let latest: number | undefined;
  const nodes = state.setup.policy?.nodes ?? [];
  const counting = [
    ...nodes.filter((node) => node.zone === zone).flatMap(({ id }) => state.devices.heard.get(id) ?? []),
    ...[...state.devices.heard.values()].filter((track) => track.zone === zone),
  ];
  for (const track of counting) {
    const since = trackSilentMs(track, atMs);
    if (since === undefined) return undefined;
    latest = Math.max(latest ?? 0, since);
  }
  return latest;
}

/** A listener with nobody near has nothing to say: only a lost connection makes it silent. */
function trackSilentMs({ kind, heardMs, link }: DeviceTrack, atMs: number): number | undefined {
  if (link !== null && !link[0] && heardMs <= link[1]) {
    return atMs - link[1] >= BACK_SOON_MS ? link[1] : undefined;
  }
  return kind === 'counter' && atMs - heardMs > COUNTER_SILENT_MS ? heardMs : undefined;
}
