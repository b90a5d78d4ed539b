/// <reference lib="webworker" />

/**
 * Keeps the pages themselves, so that a screen or a phone that reloads while the store is away still shows what it
 * holds. Pages and files only: what the store says comes by socket and is kept by the page, never here.
 */
import { listenForPushes } from './push-worker.js';

declare const self: ServiceWorkerGlobalScope;

const CACHE = 'endcap-pages-1';
const ANSWER_MS = 4_000;
/** Old files stay until there are this many: a page that is open may still ask for one. */
const FILES_MAX = 80;

const isScreen = (url: URL): boolean => url.pathname === '/screen' || url.pathname.startsWith('/screen/');

/** One page serves every screen: all of them are kept as one. */
function keyOf(url: URL): string {
  return isScreen(url) ? '/screen/any' : url.pathname;
}

const isPage = (url: URL): boolean => url.pathname === '/me' || isScreen(url);
const isFile = (url: URL): boolean =>
  url.pathname.startsWith('/assets/') ||
  /^\/(icon[^/]*\.(svg|png)|manifest\.webmanifest)$/.test(url.pathname);

async function keep(url: URL, response: Response): Promise<void> {
  if (!response.ok || response.redirected || response.type !== 'basic') return;
  const cache = await caches.open(CACHE);
  await cache.put(keyOf(url), response);
  const kept = await cache.keys();
  await Promise.all(
    kept.slice(0, Math.max(0, kept.length - FILES_MAX)).map((request) => cache.delete(request)),
  );
}

async function held(url: URL): Promise<Response | undefined> {
  const cache = await caches.open(CACHE);
  return cache.match(keyOf(url));
}

/** A navigation cannot be given a signal of its own, so the wait for it is given up instead. */
const late = (): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error('the store did not answer in time')), ANSWER_MS);
  });

/** The store first, because a newer page may wait there; the kept one when it does not answer in time. */
async function pageOf(request: Request, url: URL): Promise<Response> {
  try {
    const response = await Promise.race([fetch(request), late()]);
    if (response.ok) await keep(url, response.clone());
    return response;
  } catch (failure) {
    const kept = await held(url);
    if (kept !== undefined) return kept;
    throw failure;
  }
}

/** A file with a hash in its name never changes: what is held is right. */
async function fileOf(request: Request, url: URL): Promise<Response> {
  const kept = await held(url);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  await keep(url, response.clone());
  return response;
}

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  // A link with a token is for the store alone, and must be asked exactly once.
  if (event.request.method !== 'GET' || url.origin !== self.location.origin || url.searchParams.has('token'))
    return;
  if (isPage(url) && event.request.mode === 'navigate') event.respondWith(pageOf(event.request, url));
  else if (isFile(url)) event.respondWith(fileOf(event.request, url));
});
/** The first visit loads before this worker is in charge: the page says which files it is made of. */
self.addEventListener('message', (event) => {
  const wanted: unknown = event.data;
  if (!Array.isArray(wanted)) return;
  const urls = wanted
    .filter((item): item is string => typeof item === 'string')
    .map((item) => new URL(item, self.location.origin))
    .filter((url) => url.origin === self.location.origin && (isPage(url) || isFile(url)));
  event.waitUntil(
    Promise.all(
      urls.map(async (url) => {
        if ((await held(url)) === undefined || isPage(url)) await keep(url, await fetch(url));
      }),
    ).catch(() => undefined),
  );
});

listenForPushes(self);
