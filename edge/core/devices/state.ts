/** What is known of one device. */
export interface DeviceTrack {
  kind: string;
  heardMs: number;
  /** Last word about its connection: up or not, and when. */
  link: [up: boolean, sinceMs: number] | null;
  zone: string;
}
export interface DeviceSlice {
  heard: Map<string, DeviceTrack>;
}

export function createDeviceSlice(): DeviceSlice {
  return { heard: new Map() };
}
