import type { ShopperView } from '../../edge/contracts/index.js';
import type { ShopperState } from './state.js';

/** A new text needs a new answer. It stands below the coupon, never before it. */
export function AskAgain({ view, state }: { view: ShopperView; state: ShopperState }) {
  const words = state.messages.value.rights.again;
  if (view.askAgain.length === 0) return null;
  return (
    <section class="card sure again">
      <h2>{words.title}</h2>
      <p class="muted">{words.text}</p>
      <button
        type="button"
        class="button button-wide"
        onClick={() => {
          state.askingAgain.value = true;
          scrollTo(0, 0);
        }}
      >
        {words.open}
      </button>
    </section>
  );
}
