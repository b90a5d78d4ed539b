import type { StaffNow } from '../../../edge/contracts/index.js';
import type { FixtureStore } from './fixture-store.js';
import { staffNow } from './staff-samples.js';

const FILES = ['a', 'b', 'c'].map((letter, place) => ({
  ...{ name: `${letter.repeat(64)}.${place === 2 ? 'mp4' : 'png'}`, bytes: 481_000 * (place + 1) },
  ...{ contentType: place === 2 ? 'video/mp4' : 'image/png', width: 1920, height: 1080 },
}));

/** Two screens with a rotation of their own. */
export function playlistsNow(atMs: number): StaffNow {
  const { policy } = staffNow(atMs);
  const playlist = [
    { show: 'offer' as const, seconds: 10 },
    { show: 'media' as const, media: FILES[0]?.name ?? '', headline: 'Autumn squash, from Tuesday' },
    { show: 'house' as const, headline: 'Bread from seven', dayparts: [{ from: '06:00', until: '11:00' }] },
  ];
  const screens = policy.screens.map((screen, place) => (place < 2 ? { ...screen, playlist } : screen));
  return staffNow(atMs, { policy: { ...policy, screens } });
}

/** Three files whose bytes are away, as with a store that has just gone, and a damaged one. */
export function servePlaylists(store: FixtureStore, atMs: number): void {
  store.say('/staff', 'now', playlistsNow(atMs));
  store.answer('GET', /^\/v1\/media$/, () => ({ files: FILES, damaged: [`${'d'.repeat(64)}.webp`] }));
}
