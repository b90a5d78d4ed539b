import '../shared/tokens.css';
import './player.css';
import { Component, type ComponentChildren, render } from 'preact';
import type { SignageContent } from '../../edge/contracts/index.js';
import { keepPage } from '../shared/keep-page.js';
import { messagesFor } from '../shared/messages/index.js';
import { houseSlides } from './house.js';
import { keepPairedScreen, pairedScreen } from './memory.js';
import { NewScreen } from './new-screen.js';
import { createPairing } from './pairing.js';
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

const storage = storageOrNone();
const page = document.getElementById('page');

/** `/screen/<id>` is that screen; `/screen` is the one that this browser was paired as, or a new one. */
function openScreen(id: string): ComponentChildren {
  const state = createPlayerState({
    screen: id,
    storage,
    builtIn: ({ locale } = { locale: navigator.language } as SignageContent) => builtInFor(locale),
  });
  const pairing = createPairing(paired);
  return <Stage state={state} pairing={pairing} />;
}

const builtIns = new Map<string, ReturnType<typeof houseSlides>>();
function builtInFor(locale: string): ReturnType<typeof houseSlides> {
  const slides = builtIns.get(locale) ?? houseSlides(messagesFor(locale));
  builtIns.set(locale, slides);
  return slides;
}

function paired(id: string): void {
  keepPairedScreen(storage, id);
  location.replace(`/screen/${encodeURIComponent(id)}`);
}

function openNew(): ComponentChildren {
  const pairing = createPairing(paired);
  pairing.start();
  return <NewScreen pairing={pairing} />;
}

const named = location.pathname.split('/').filter(Boolean)[1];
const own = named === undefined ? pairedScreen(storage) : decodeURIComponent(named);
if (named === undefined && own !== undefined)
  history.replaceState(null, '', `/screen/${encodeURIComponent(own)}`);
if (page !== null) {
  render(<NeverBlack>{own === undefined ? openNew() : openScreen(own)}</NeverBlack>, page);
}
void keepPage();
