import { useEffect, useRef, useState } from 'preact/hooks';
import type { Slide } from '../../edge/contracts/index.js';
import { languageFor, messagesFor } from '../shared/messages/index.js';
import { AsleepView } from './asleep-view.js';
import { isBuiltIn } from './house.js';
import { IdentifyView } from './identify-view.js';
import type { PlayerPairing } from './pairing.js';
import { PairingView } from './pairing-view.js';
import type { Showing } from './programme.js';
import { SlideView } from './slide.js';
import type { PlayerState } from './state.js';

const FADE_MS = 260;

/** The slide that leaves stays under the new one until that has faded in. What was taken away leaves no trace. */
function useLeaving(showing: Showing | undefined, slides: readonly Slide[]): Slide | undefined {
  const [leaving, setLeaving] = useState<Slide | undefined>();
  const before = useRef<Showing | undefined>(undefined);
  const last = before.current;
  const changed = last !== undefined && last.slide.contentId !== showing?.slide.contentId;
  useEffect(() => {
    if (changed && last !== undefined && showing !== undefined) {
      setLeaving(last.slide);
      const timer = setTimeout(() => setLeaving(undefined), FADE_MS + 40);
      before.current = showing;
      return () => clearTimeout(timer);
    }
    before.current = showing;
    return undefined;
  }, [showing?.slide.contentId, showing?.startMs]);
  const present = changed ? last?.slide : leaving;
  if (present === undefined) return undefined;
  // The shop's own picture makes way at once for what the store says; among themselves they fade.
  const stillThere = isBuiltIn(present)
    ? showing !== undefined && isBuiltIn(showing.slide)
    : slides.some(({ contentId }) => contentId === present.contentId);
  return stillThere ? present : undefined;
}

/**
 * Calls back once the frame that holds this turn has been painted. The callback is the one of the render that began
 * the turn: a later one would speak of a slide that this frame does not hold yet.
 */
function useAfterPaint(key: string, callback: (frameMs: number) => void): void {
  useEffect(() => {
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(callback);
    });
    return () => cancelAnimationFrame(frame);
  }, [key]);
}

export interface StageProps {
  readonly state: PlayerState;
  readonly pairing: PlayerPairing;
}

export function Stage({ state, pairing }: StageProps) {
  const content = state.content.value;
  const locale = content?.locale ?? navigator.language;
  useEffect(() => {
    document.documentElement.lang = languageFor(locale);
    document.title = content?.screenName ?? 'Endcap';
  }, [locale, content?.screenName]);
  const refused = state.unpaired.value || state.link.value.state === 'refused';
  useEffect(() => {
    if (!refused) return pairing.stop();
    state.forget();
    pairing.start();
    return undefined;
  }, [refused]);
  const code = pairing.shown.value;
  if (refused && code !== undefined) return <PairingView shown={code} />;
  const asleep = state.asleep.value;
  const name = state.identify.value;
  return (
    <>
      {asleep === undefined || name !== undefined ? (
        <Rotation state={state} quiet={name !== undefined} />
      ) : (
        <AsleepView asleep={asleep} content={content} nowMs={state.nowMs} />
      )}
      {name === undefined ? null : <IdentifyView name={name} messages={messagesFor(locale)} />}
    </>
  );
}

/** `quiet`: something stands before the slides, so that nothing of them counts as shown. */
function Rotation({ state, quiet }: { state: PlayerState; quiet: boolean }) {
  const content = state.content.value;
  const messages = messagesFor(content?.locale ?? navigator.language);
  const showing = state.showing.value;
  const leaving = useLeaving(showing, content?.slides ?? []);
  const slide = showing?.slide;
  useAfterPaint(`${slide?.contentId} ${showing?.startMs} ${quiet}`, (frameMs) => {
    if (showing !== undefined && !quiet && !isBuiltIn(showing.slide)) state.shown(showing, frameMs);
  });
  if (showing === undefined || slide === undefined) return null;
  const layers: readonly (readonly [Slide, string])[] = [
    ...(leaving === undefined ? [] : [[leaving, 'leaving'] as const]),
    [slide, leaving === undefined ? 'on at-once' : 'on'] as const,
    ...(showing.next.contentId === slide.contentId || showing.next.contentId === leaving?.contentId
      ? []
      : [[showing.next, 'waiting'] as const]),
  ];
  // In one order whatever their roles are: a layer that only changes its role must not be drawn anew.
  const ordered = [...layers].sort(([left], [right]) => (left.contentId < right.contentId ? -1 : 1));
  return (
    <main class="stage" data-link={state.link.value.state} data-shows={slide.contentId}>
      {ordered.map(([shown, role]) => (
        <div key={shown.contentId} class={`layer ${role}`} aria-hidden={!role.startsWith('on')}>
          <SlideView
            slide={shown}
            content={content}
            messages={messages}
            turn={turnNumber(shown, showing)}
            film={{
              media: state.media,
              nowMs: state.nowMs,
              startMs: showing.startMs,
              on: role.startsWith('on'),
            }}
          />
        </div>
      ))}
    </main>
  );
}

/** The same on all screens at the same moment, so that they choose the same of the shop's own pictures. */
function turnNumber(slide: Slide, showing: Showing): number {
  const startMs = slide === showing.slide ? showing.startMs : showing.endMs;
  return Math.floor(startMs / (Math.max(3, slide.seconds) * 1_000));
}
