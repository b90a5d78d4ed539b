import { io, type Socket } from 'socket.io-client';
import {
  NAMESPACES,
  type SignageClientEvents,
  type SignageContent,
  type SignageServerEvents,
  type Slide,
} from '../contracts/index.js';
import type { DisplayOffer } from './actions.js';
import type { Credential } from './credentials.js';

type ScreenSocket = Socket<SignageServerEvents, SignageClientEvents>;

/**
 * Players without a picture: each takes its content, plays one slide after the other, and confirms every one. They
 * stand in for screens that nobody has opened, so that the shop's day has plays in it.
 */
export function createScreens(options: {
  readonly httpUrl: string;
  /** PEM of the store's authority. */
  readonly ca?: string;
  readonly screens: Readonly<Record<string, Credential>>;
  readonly nowMs: () => number;
  /** What people in front of the screen can see from now on. */
  readonly onOffer: (screen: string, offer: Omit<DisplayOffer, 'zone'> | undefined) => void;
}) {
  const players = Object.entries(options.screens).map(([screen, { token }]) => {
    const socket: ScreenSocket = io(new URL(NAMESPACES.signage, options.httpUrl).href, {
      auth: { token, screen },
      transports: ['websocket'],
      forceNew: true,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
    return play(socket, options.nowMs, (slides) => options.onOffer(screen, offerOf(slides)));
  });
  return {
    close(): void {
      for (const player of players) player.close();
    },
  };
}

function offerOf(slides: readonly Slide[]): Omit<DisplayOffer, 'zone'> | undefined {
  const slide = slides.find(({ offer }) => offer !== undefined);
  if (slide?.offer === undefined) return undefined;
  const { sku, priceMinor } = slide.offer;
  return { sku, priceMinor, campaign: slide.campaign ?? 'display' };
}

function play(
  socket: ScreenSocket,
  nowMs: () => number,
  onSlides: (slides: readonly Slide[]) => void,
): { close(): void } {
  let slides: readonly Slide[] = [];
  let revision = -1;
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const show = (): void => {
    clearTimeout(timer);
    const slide = slides[next % Math.max(1, slides.length)];
    if (slide === undefined) return;
    next += 1;
    const { contentId, decisionId } = slide;
    const shownAt = new Date(nowMs()).toISOString();
    const shown = { contentId, shownAt, ...(decisionId === undefined ? {} : { decisionId }) };
    socket.emit('shown', shown, () => undefined);
    timer = setTimeout(show, Math.max(1, slide.seconds) * 1000);
  };
  const take = (wanted: readonly Slide[], newRevision: number): void => {
    if (newRevision < revision) return;
    revision = newRevision;
    slides = wanted;
    next = 0;
    onSlides(slides);
    show();
  };
  socket.on('content', (content: SignageContent) => take(content.slides, content.revision));
  socket.on('revoke', ({ all, skus, contentIds, revision: at }) => {
    const left = slides.filter(
      ({ kind, offer, contentId }) =>
        kind === 'house' ||
        !(all || contentIds?.includes(contentId) || (offer !== undefined && skus?.includes(offer.sku))),
    );
    // The content before it had none of these any more: what is on goes on.
    if (left.length < slides.length) take(left, at);
  });
  return {
    close(): void {
      clearTimeout(timer);
      socket.disconnect();
    },
  };
}
