import { LeafMark } from '../shared/icons.js';
import { lengthInWords, messagesFor } from '../shared/messages/index.js';
import { useNow } from '../shared/ticking.js';
import type { ShownCode } from './pairing.js';

const TICK_MS = 1_000;

/** Nobody knows this screen yet: what to type, where, and for how long. In the language of the device, for want of a store. */
export function PairingView({ shown }: { shown: ShownCode }) {
  const messages = messagesFor(navigator.language);
  const words = messages.player.pairing;
  const leftMs = Math.max(0, shown.endsMs - useNow(TICK_MS));
  const half = Math.ceil(shown.code.length / 2);
  const parts = [shown.code.slice(0, half), shown.code.slice(half)];
  return (
    <main class="pairing" data-code={shown.code}>
      <div class="pairing-words">
        <h1 class="pairing-title">{words.title}</h1>
        <p class="pairing-how">{words.how}</p>
      </div>
      <p class="pairing-code" role="img" aria-label={[...shown.code].join(' ')}>
        {parts.map((part) => (
          <span class="pairing-part" aria-hidden="true">
            {[...part].map((letter) => (
              <span class="pairing-letter">{letter}</span>
            ))}
          </span>
        ))}
      </p>
      <p class="pairing-left">
        <LeafMark class="mark-leaf" />
        <span>{words.left(lengthInWords(leftMs, messages))}</span>
      </p>
    </main>
  );
}
