import '../shared/tokens.css';
import './player.css';
import { Component, type ComponentChildren, render } from 'preact';
import { keepPage } from '../shared/keep-page.js';
import { messagesFor } from '../shared/messages/index.js';
import { houseSlides } from './house.js';
import { SlideView } from './slide.js';
import { Stage } from './stage.js';
import { createPlayerState } from './state.js';

const RESTART_MS = 30_000;

/** A fault in drawing must not blank a screen: the shop's own picture takes over, and the page starts anew later. */
class NeverBlack extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };
  override componentDidCatch(): void {
    this.setState({ broken: true });
    setTimeout(() => this.setState({ broken: false }), RESTART_MS);
  }
  override render() {
    if (!this.state.broken) return this.props.children;
    const messages = messagesFor(navigator.language);
    const [slide] = houseSlides(messages);
    return (
      <main class="stage">
        <div class="layer on at-once">
          {slide === undefined ? null : (
            <SlideView slide={slide} content={undefined} messages={messages} turn={0} />
          )}
        </div>
      </main>
    );
  }
}

function storageOrNone(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

const screen = decodeURIComponent(location.pathname.split('/').filter(Boolean).at(-1) ?? 'screen');
const state = createPlayerState(screen, storageOrNone());
const page = document.getElementById('page');
if (page !== null) {
  render(
    <NeverBlack>
      <Stage state={state} />
    </NeverBlack>,
    page,
  );
}
void keepPage();
