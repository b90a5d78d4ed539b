import { FitText } from '../shared/fit-text.js';
import type { Messages } from '../shared/messages/index.js';

/** The name of the screen, as large as it goes, for staff who look which one it is. */
export function IdentifyView({ name, messages }: { name: string; messages: Messages }) {
  return (
    <section class="identify" role="status">
      <p class="identify-line">{messages.player.thisIs}</p>
      <h1 class="identify-box">
        <FitText class="identify-name" text={name} />
      </h1>
    </section>
  );
}
