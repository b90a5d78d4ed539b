import { useState } from 'preact/hooks';
import type { AgeBand, Purpose, ShopperView } from '../../edge/contracts/index.js';
import { Icon } from '../shared/icons.js';
import { AgeQuestion } from './consent.js';
import { LanguageChoice } from './head.js';
import type { ShopperState } from './state.js';
import { zoneWords } from './words.js';

const PURPOSES: readonly Purpose[] = ['location', 'profile', 'push', 'measurement'];

/** One purpose: what it is, what was said, and the way to say otherwise, both ways one press. */
function PurposeRow(props: {
  purpose: Purpose;
  said: ShopperView['consents'][Purpose];
  state: ShopperState;
  age: AgeBand | undefined;
  onNeedAge(): void;
}) {
  const { purpose, said, state } = props;
  const [phase, setPhase] = useState<'idle' | 'saving' | 'done' | 'failed'>('idle');
  const words = state.messages.value.shopper;
  const granted = said === 'granted';
  const change = (): void => {
    if (!granted && props.age === undefined) {
      props.onNeedAge();
      return;
    }
    setPhase('saving');
    const work = granted ? state.withdraw(purpose) : state.consent(purpose, true, props.age ?? 'unknown');
    work.then(
      () => setPhase('done'),
      () => setPhase('failed'),
    );
  };
  return (
    <li class="purpose">
      <div class="purpose-words">
        <h2>{words.purposes[purpose].name}</h2>
        <p class="muted">{words.purposes[purpose].text}</p>
      </div>
      <p class={granted ? 'said said-yes' : 'said'}>
        <Icon name={granted ? 'check' : 'cross'} small />
        {words.states[said]}
      </p>
      <button type="button" class="button" disabled={phase === 'saving'} onClick={change}>
        {granted ? words.privacy.withdraw : words.privacy.allow}
        <span class="visually-hidden">: {words.purposes[purpose].name}</span>
      </button>
      <p class="purpose-note" aria-live="polite">
        {phase === 'failed' ? words.consent.failed : null}
        {phase === 'done' ? (granted ? words.privacy.allowed : words.privacy.withdrawn) : null}
      </p>
    </li>
  );
}

function download(view: ShopperView): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify(view, null, 2)], { type: 'application/json' }));
  link.download = 'my-data.json';
  link.click();
  URL.revokeObjectURL(link.href);
}

export function PrivacyPage({ view, state }: { view: ShopperView; state: ShopperState }) {
  const words = state.messages.value.shopper.privacy;
  const [age, setAge] = useState<AgeBand | undefined>(state.cache.ageBand());
  const [asking, setAsking] = useState(false);
  const known = [
    view.zone === undefined ? words.zoneNone : words.zone(zoneWords(view.zone)),
    words.coupons(view.coupons.length),
    words.pseudonym(view.sid),
    words.noName,
  ];
  return (
    <>
      <header class="tab-head">
        <h1>{words.title}</h1>
        <LanguageChoice state={state} />
      </header>
      <p class="muted tab-intro">{words.intro}</p>
      {asking ? <AgeQuestion value={age} messages={state.messages.value} onAnswer={setAge} /> : null}
      <ul class="card purposes">
        {PURPOSES.map((purpose) => (
          <PurposeRow
            key={purpose}
            purpose={purpose}
            said={view.consents[purpose]}
            state={state}
            age={age}
            onNeedAge={() => setAsking(true)}
          />
        ))}
      </ul>
      <h2 class="section-title">{words.known}</h2>
      <ul class="card known">
        {known.map((fact) => (
          <li key={fact}>
            <bdi>{fact}</bdi>
          </li>
        ))}
      </ul>
      <button type="button" class="button button-wide" onClick={() => download(view)}>
        <Icon name="export" />
        {words.download}
      </button>
      <p class="muted small tab-intro">{words.text(view.textVersion)}</p>
    </>
  );
}
