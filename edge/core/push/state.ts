export interface PushSlice {
  /** sid → the store's day on which messages were last sent, and how many on it. */
  sent: Map<string, { day: string; count: number }>;
}

export function createPushSlice(): PushSlice {
  return { sent: new Map() };
}
