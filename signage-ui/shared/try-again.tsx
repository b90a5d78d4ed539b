import type { Messages } from './messages/index.js';
import type { NextTry } from './next-try.js';
import { useNow } from './ticking.js';

/** When the page asks its store again, and a button for who does not want to wait. Not read out: it counts. */
export function TryAgain({ nextTry, messages }: { nextTry: NextTry; messages: Messages }) {
  const nowMs = useNow(1_000);
  const { common } = messages;
  const atMs = nextTry.atMs.value;
  const leftS = atMs === undefined ? 0 : Math.ceil((atMs - nowMs) / 1_000);
  return (
    <span class="try-again">
      <span>{leftS > 0 ? common.nextTry(common.seconds(leftS)) : common.trying}</span>
      <button type="button" class="button" onClick={nextTry.now}>
        {common.tryNow}
      </button>
    </span>
  );
}
