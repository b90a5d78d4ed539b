import { signal } from '@preact/signals';
import { Icon } from '../shared/icons.js';
import type { ShopperState } from './state.js';

/** Chromium's own event; others install from their menu. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

const offered = signal<InstallPrompt | undefined>(undefined);

/** The browser asks once, early: the wish is kept until the person wants it. */
export function watchInstall(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offered.value = event as InstallPrompt;
  });
  addEventListener('appinstalled', () => {
    offered.value = undefined;
  });
}

const isInstalled = (): boolean => matchMedia('(display-mode: standalone)').matches;

/** How to keep the page, or, on a page that came in the clear, what is missing because of that. */
export function InstallNote({ state }: { state: ShopperState }) {
  const words = state.messages.value.rights.install;
  if (!isSecureContext) return <p class="quiet">{words.plain}</p>;
  if (isInstalled()) return null;
  const prompt = offered.value;
  return (
    <section class="rights">
      <h2 class="section-title">{words.title}</h2>
      {prompt === undefined ? (
        <p class="muted small-text">{words.menu}</p>
      ) : (
        <button type="button" class="button button-wide" onClick={() => void prompt.prompt()}>
          <Icon name="phone" />
          {words.add}
        </button>
      )}
    </section>
  );
}
