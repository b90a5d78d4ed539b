import { useEffect, useState } from 'preact/hooks';
import type { Slide } from '../../edge/contracts/index.js';
import { messagesFor } from '../shared/messages/index.js';
import { houseSlides, isBuiltIn } from './house.js';
import { firstTurn, nextTurn, type Turn } from './playlist.js';
import { SlideView } from './slide.js';
import type { PlayerState } from './state.js';

const FADE_MS = 260;
const SHORTEST_S = 3;

/** Which slide is on, which one leaves under it and which one waits, drawn but unseen. */
function useTurns(slides: readonly Slide[]) {
  const [turn, setTurn] = useState<Turn>(() => firstTurn(slides));
  const [leavingId, setLeaving] = useState<string | undefined>();
  const present = slides.some((slide) => slide.contentId === turn.contentId);
  const now = present ? turn : nextTurn(turn, slides);
  // A slide that was taken away must be gone with this very frame: no timer, no fade.
  if (now !== turn) {
    setTurn(now);
    setLeaving(undefined);
  }
  const current = slides.find((slide) => slide.contentId === now.contentId);
  useEffect(() => {
    const timer = setTimeout(
      () => {
        setLeaving(now.contentId);
        setTurn((last) => nextTurn(last, slides));
      },
      Math.max(SHORTEST_S, current?.seconds ?? SHORTEST_S) * 1_000,
    );
    return () => clearTimeout(timer);
  }, [now.number, slides]);
  useEffect(() => {
    if (leavingId === undefined) return;
    const timer = setTimeout(() => setLeaving(undefined), FADE_MS + 40);
    return () => clearTimeout(timer);
  }, [leavingId, now.number]);
  return { turn: now, current, leavingId, nextId: nextTurn(now, slides).contentId };
}

/**
 * Calls back once the frame that holds this turn has been painted. The callback is the one of the render that began
 * the turn: a later one would speak of a slide that this frame does not hold yet.
 */
function useAfterPaint(turn: Turn, callback: (frameMs: number) => void): void {
  useEffect(() => {
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(callback);
    });
    return () => cancelAnimationFrame(frame);
  }, [turn.number, turn.contentId]);
}

export function Stage({ state }: { state: PlayerState }) {
  const content = state.content.value;
  const locale = content?.locale ?? navigator.language;
  const messages = messagesFor(locale);
  const offered = state.slides.value;
  const [builtIn] = useState(() => houseSlides(messages));
  const slides = offered.length > 0 ? offered : builtIn;
  const { turn, current, leavingId, nextId } = useTurns(slides);
  useAfterPaint(turn, (frameMs) => {
    if (current === undefined || isBuiltIn(current)) return;
    const { contentId, decisionId } = current;
    state.shown({ contentId, ...(decisionId === undefined ? {} : { decisionId }) }, frameMs);
  });
  useEffect(() => {
    document.documentElement.lang = locale;
    document.title = content?.screenName ?? 'Endcap';
  }, [locale, content?.screenName]);
  const roleOf = (slide: Slide): string | undefined => {
    if (slide.contentId === turn.contentId) return leavingId === undefined ? 'on at-once' : 'on';
    if (slide.contentId === leavingId) return 'leaving';
    return slide.contentId === nextId ? 'waiting' : undefined;
  };
  return (
    <main class="stage" data-link={state.link.value.state} data-shows={turn.contentId}>
      {slides.map((slide) => {
        const role = roleOf(slide);
        if (role === undefined) return null;
        return (
          <div key={slide.contentId} class={`layer ${role}`} aria-hidden={!role.startsWith('on')}>
            <SlideView slide={slide} content={content} messages={messages} turn={turn.number} />
          </div>
        );
      })}
    </main>
  );
}
