import { computed, signal } from '@preact/signals';
import type { LinkNow, StaffNow, Story } from '../../edge/contracts/index.js';
import type { Place } from '../shared/format.js';
import { messagesFor } from '../shared/messages/index.js';
import { openServerLink } from '../shared/socket.js';
import { createProductNames } from './products.js';

/** Stories kept on the page; older ones are in the journal. */
const STORIES_MAX = 200;
/** The store sends its picture at least every few seconds; silence beyond this makes it old. */
const STALE_MS = 15_000;

/** Newest first by when the story began, so that a late step changes a row and never its place. */
export function mergeStories(known: readonly Story[], incoming: readonly Story[]): readonly Story[] {
  const byId = new Map(known.map((story) => [story.id, story]));
  for (const story of incoming) {
    const old = byId.get(story.id);
    if (old === undefined || old.updatedAt <= story.updatedAt) byId.set(story.id, story);
  }
  return [...byId.values()]
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id))
    .slice(0, STORIES_MAX);
}

/** Everything the staff page knows, fed by the socket. */
export function createStaffState() {
  const server = openServerLink('/staff', { staleAfterMs: STALE_MS });
  const now = signal<StaffNow | undefined>(undefined);
  const stories = signal<readonly Story[]>([]);
  const skewMs = signal(0);

  server.socket.on('now', (next: StaffNow) => {
    now.value = next;
    const at = Date.parse(next.at);
    if (!Number.isNaN(at)) skewMs.value = at - Date.now();
  });
  server.socket.on('link', (link: LinkNow) => {
    if (now.value !== undefined) now.value = { ...now.value, link };
  });
  server.socket.on('story', (story: Story) => {
    stories.value = mergeStories(stories.value, [story]);
  });
  const askForStories = (): void => {
    server.socket.emit('stories', { limit: STORIES_MAX }, (answer: readonly Story[]) => {
      stories.value = mergeStories(stories.value, answer);
    });
  };
  server.socket.on('connect', askForStories);
  server.socket.on('forgotten', () => {
    stories.value = [];
    askForStories();
  });

  const place = computed<Place>(() => {
    const store = now.value?.policy.store;
    return {
      locale: store?.locale ?? navigator.language,
      timeZone: store?.timeZone ?? 'UTC',
      currency: store?.currency ?? 'EUR',
    };
  });
  return {
    server: server.link,
    nextTry: server.nextTry,
    now,
    stories,
    place,
    products: createProductNames(),
    messages: computed(() => messagesFor(place.value.locale)),
    /** Epoch ms by the store's clock. */
    storeMs: (deviceMs: number): number => deviceMs + skewMs.value,
  };
}
export type StaffState = ReturnType<typeof createStaffState>;
