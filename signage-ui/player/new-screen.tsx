import { messagesFor } from '../shared/messages/index.js';
import { houseSlides } from './house.js';
import type { PlayerPairing } from './pairing.js';
import { PairingView } from './pairing-view.js';
import { SlideView } from './slide.js';

/** A player that is no screen yet: its code, and until the store gives one, the shop's own picture. */
export function NewScreen({ pairing }: { pairing: PlayerPairing }) {
  const shown = pairing.shown.value;
  if (shown !== undefined) return <PairingView shown={shown} />;
  const messages = messagesFor(navigator.language);
  const [slide] = houseSlides(messages);
  if (slide === undefined) return null;
  return (
    <main class="stage" data-shows={slide.contentId}>
      <div class="layer on at-once">
        <SlideView slide={slide} content={undefined} messages={messages} turn={0} />
      </div>
    </main>
  );
}
