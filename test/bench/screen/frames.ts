/** One change of a screen, by the page's own clock, ms. */
export interface Seen {
  /** `data-shows`: what has the turn. */
  readonly contentId: string;
  /** The page had been changed. */
  readonly changedMs: number;
  /** Time stamp of the first animation frame in which the new slide is to be seen. */
  readonly frameMs: number;
  /** That frame was laid out and painted, and other work of the page began. */
  readonly drawnMs: number;
  /** As it stands on the slide. */
  readonly price: string;
}

/** Runs in the page, before anything of the page's own: notes in `endcapSeen` when what is on changes. */
export function watchFrames(): void {
  const seen: Seen[] = [];
  Object.assign(globalThis, { endcapSeen: seen });
  const nowShows = (): string => document.querySelector('.stage')?.getAttribute('data-shows') ?? '';
  let shows = '';
  const note = (contentId: string, changedMs: number, frameMs: number): void => {
    if (nowShows() !== contentId) return;
    const slide = document.querySelector('.layer.on');
    // The first frame of a fade shows nothing of it yet.
    if (slide === null || Number(getComputedStyle(slide).opacity) === 0) {
      requestAnimationFrame((nextMs) => note(contentId, changedMs, nextMs));
      return;
    }
    const price = slide.querySelector('.price')?.textContent ?? '';
    // A message that is sent within a frame comes after what the page has to do for this frame.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      seen.push({ contentId, changedMs, frameMs, drawnMs: performance.now(), price });
      port1.close();
    };
    port2.postMessage('');
  };
  new MutationObserver(() => {
    const contentId = nowShows();
    if (contentId === shows) return;
    shows = contentId;
    const changedMs = performance.now();
    requestAnimationFrame((frameMs) => note(contentId, changedMs, frameMs));
  }).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['data-shows'],
  });
}
