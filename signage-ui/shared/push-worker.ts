/// <reference lib="webworker" />

/**
 * The half of messages that lives in the service worker: shows the offer while it is good, leads to it, and tells the
 * store that it was opened. A notification has no clock of its own: old ones go whenever the worker wakes.
 */
interface PushPayload {
  readonly version: 1;
  readonly decisionId: string;
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  readonly picture: string;
  readonly url: string;
  readonly expires: string;
  readonly lang: string;
  readonly actions: { readonly code: string; readonly later: string };
}
type Kept = Pick<PushPayload, 'decisionId' | 'url' | 'expires'>;
type Click = { decisionId: string; action: 'open' | 'code' };

const PAGE = '/me';
const CLICKS = 'endcap-clicks-1';
/** Browsers let a worker live a while for a message: an offer that ends so soon is taken away on time. */
const STAY_MS = 20_000;
const ASK_MS = 500;
/** So long at most one message waits for the one before it. */
const TURN_MS = 3_000;

export function listenForPushes(worker: ServiceWorkerGlobalScope): void {
  // In turn: of two messages of a campaign the one that came last must be the one that stays.
  let before: Promise<unknown> = Promise.resolve();
  worker.addEventListener('push', (event) => {
    const shown = before.then(() => onPush(worker, event.data));
    // A browser that never says whether it has shown one must not hold back the others.
    before = Promise.race([shown.catch(() => undefined), pause(TURN_MS)]);
    event.waitUntil(shown.then((untilMs) => takeAwayOnTime(worker, untilMs)));
  });
  worker.addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(onClick(worker, event.notification.data as Kept, event.action));
  });
  worker.addEventListener('activate', (event) => event.waitUntil(wake(worker)));
  worker.addEventListener('message', (event) => {
    if ((event.data as { endcap?: unknown } | null)?.endcap === 'wake') event.waitUntil(wake(worker));
  });
}

async function wake(worker: ServiceWorkerGlobalScope): Promise<void> {
  await Promise.all([closeOld(worker), tellKeptClicks()]);
}

/** Epoch ms at which what is shown must go; nothing where nothing is shown. */
async function onPush(
  worker: ServiceWorkerGlobalScope,
  data: PushMessageData | null,
): Promise<number | undefined> {
  await closeOld(worker);
  const payload = read(data);
  if (payload === undefined) return undefined;
  const untilMs = Date.parse(payload.expires);
  if (!(untilMs > Date.now()) || (await isOnPage(worker, payload.decisionId))) return undefined;
  await show(worker, payload);
  return untilMs;
}

async function takeAwayOnTime(worker: ServiceWorkerGlobalScope, untilMs: number | undefined): Promise<void> {
  const leftMs = (untilMs ?? Number.POSITIVE_INFINITY) - Date.now();
  if (leftMs > STAY_MS) return;
  await pause(leftMs);
  await closeOld(worker);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function read(data: PushMessageData | null): PushPayload | undefined {
  try {
    const payload = data?.json() as PushPayload | undefined;
    return payload?.version === 1 && typeof payload.decisionId === 'string' ? payload : undefined;
  } catch {
    return undefined;
  }
}

async function show(worker: ServiceWorkerGlobalScope, payload: PushPayload): Promise<void> {
  const { decisionId, tag, title, body, picture, url, expires, lang, actions } = payload;
  const before = await worker.registration.getNotifications({ tag });
  // The same message may come twice after a crash of the store: it takes its own place without a sound.
  const again = before.some(({ data }) => (data as Kept | undefined)?.decisionId === decisionId);
  const kept: Kept = { decisionId, url, expires };
  const options = {
    ...{ body, tag, lang, icon: picture, data: kept },
    renotify: before.length > 0 && !again,
    actions: [
      { action: 'code', title: actions.code },
      { action: 'later', title: actions.later },
    ],
  };
  await worker.registration.showNotification(title, options);
}

async function closeOld(worker: ServiceWorkerGlobalScope): Promise<void> {
  for (const notification of await worker.registration.getNotifications()) {
    const expires = (notification.data as Kept | undefined)?.expires;
    if (expires !== undefined && Date.parse(expires) <= Date.now()) notification.close();
  }
}

async function pagesOf(worker: ServiceWorkerGlobalScope): Promise<readonly WindowClient[]> {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return windows.filter(({ url }) => new URL(url).pathname === PAGE);
}

/** A page in front of the person that shows the offer already needs no message. */
async function isOnPage(worker: ServiceWorkerGlobalScope, decisionId: string): Promise<boolean> {
  const visible = (await pagesOf(worker)).filter(({ visibilityState }) => visibilityState === 'visible');
  const answers = await Promise.all(visible.map((page) => ask(page, decisionId)));
  return answers.includes(true);
}

function ask(page: WindowClient, decisionId: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ASK_MS);
    port1.onmessage = ({ data }) => resolve(data === true);
    page.postMessage({ endcap: 'shows', decisionId }, [port2]);
  });
}

async function onClick(worker: ServiceWorkerGlobalScope, kept: Kept, action: string): Promise<void> {
  if (action === 'later') return;
  const click: Click = { decisionId: kept.decisionId, action: action === 'code' ? 'code' : 'open' };
  await Promise.all([open(worker, placeOf(worker, kept, click.action)), tell(click)]);
}

/** Below the own origin and on the own page, whatever the message said. */
function placeOf(worker: ServiceWorkerGlobalScope, { url, expires }: Kept, action: Click['action']): string {
  const place = new URL(url, worker.location.origin);
  const own = place.origin === worker.location.origin && place.pathname === PAGE;
  if (!own || Date.parse(expires) <= Date.now()) return PAGE;
  return `${PAGE}${place.hash}${action === 'code' ? '&show=code' : ''}`;
}

async function open(worker: ServiceWorkerGlobalScope, place: string): Promise<void> {
  const [page] = await pagesOf(worker);
  if (page === undefined) {
    await worker.clients.openWindow(place);
    return;
  }
  page.postMessage({ endcap: 'open', place });
  await page.focus();
}

async function tell(click: Click): Promise<void> {
  if (await reached(click)) return;
  // No network just now: told with the next wake.
  const cache = await caches.open(CLICKS);
  await cache.put(`/click/${encodeURIComponent(click.decisionId)}`, Response.json(click));
}

async function tellKeptClicks(): Promise<void> {
  const cache = await caches.open(CLICKS);
  for (const request of await cache.keys()) {
    const click = (await (await cache.match(request))?.json()) as Click | undefined;
    if (click === undefined || (await reached(click))) await cache.delete(request);
  }
}

/** True when the store has heard it, or never will: then there is nothing to repeat. */
async function reached(click: Click): Promise<boolean> {
  try {
    const { status } = await fetch('/v1/push/clicked', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(click),
    });
    return status < 500 && status !== 429;
  } catch {
    return false;
  }
}
