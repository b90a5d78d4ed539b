import { useState } from 'preact/hooks';
import type { AgeBand, Purpose, ShopperReceipt, ShopperView } from '../../edge/contracts/index.js';
import { Icon } from '../shared/icons.js';
import { AskAgain } from './ask-again.js';
import { AgeQuestion, PlainWords } from './consent.js';
import { EraseMe } from './erase.js';
import { LanguageChoice } from './head.js';
import { InstallNote } from './install.js';
import { PushSlot } from './push-slot.js';
import { saveFile } from './save-file.js';
import type { ShopperState } from './state.js';
import { whenWords, zoneWords } from './words.js';

const PURPOSES: readonly Purpose[] = ['location', 'profile', 'push', 'measurement'];

interface PurposeProps {
  readonly purpose: Purpose;
  readonly view: ShopperView;
  readonly state: ShopperState;
  readonly age: AgeBand | undefined;
  onNeedAge(): void;
}

/** Since when, which text was read, until when by itself, and the number to quote. */
function ReceiptLines(props: { receipt: ShopperReceipt; holds: boolean; state: ShopperState }) {
  const { receipt, holds, state } = props;
  const { receipts: words, young } = state.messages.value.rights;
  const when = (instant: string): string => whenWords(instant, Date.now(), state.place.value);
  const text = receipt.textVersion === undefined ? [] : [words.text(receipt.textVersion)];
  return (
    <ul class="receipt-lines">
      {receipt.granted && !holds && receipt.until !== undefined ? <li>{young}</li> : null}
      <li>{[words.since(when(receipt.at)), ...text].join(', ')}</li>
      {receipt.until === undefined || !holds ? null : <li>{words.until(when(receipt.until))}</li>}
      <li>{words.line(receipt.receiptId)}</li>
    </ul>
  );
}

/** One purpose: what it is, what was said, and the way to say otherwise, both ways one press. */
function PurposeRow({ purpose, view, state, age, onNeedAge }: PurposeProps) {
  const [phase, setPhase] = useState<'idle' | 'saving' | 'done' | 'failed'>('idle');
  const words = state.messages.value.shopper;
  const said = view.consents[purpose];
  const granted = said === 'granted';
  const receipt = view.receipts.find((one) => one.purpose === purpose);
  const change = (): void => {
    if (!granted && !isOldEnough(age)) {
      onNeedAge();
      return;
    }
    setPhase('saving');
    const work = granted ? state.withdraw(purpose) : state.consent(purpose, true, age ?? 'unknown');
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
      {receipt === undefined ? null : (
        <ReceiptLines receipt={receipt} holds={said !== 'refused'} state={state} />
      )}
      {purpose === 'push' ? <PushSlot state={state} /> : null}
    </li>
  );
}

const isOldEnough = (age: AgeBand | undefined): boolean => age === '16-17' || age === '18+';

function Known({ view, state }: { view: ShopperView; state: ShopperState }) {
  const words = state.messages.value.shopper.privacy;
  const known = [
    view.zone === undefined ? words.zoneNone : words.zone(zoneWords(view.zone)),
    words.coupons(view.coupons.length),
    words.pseudonym(view.sid),
    words.noName,
  ];
  return (
    <>
      <h2 class="section-title">{words.known}</h2>
      <ul class="card known">
        {known.map((fact) => (
          <li key={fact}>
            <bdi>{fact}</bdi>
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="button button-wide"
        onClick={() => {
          state.dataOpen.value = true;
          scrollTo(0, 0);
        }}
      >
        <Icon name="eye" />
        {state.messages.value.rights.mine.open}
      </button>
    </>
  );
}

function saveReceipts({ sid, storeName, receipts, textVersion }: ShopperView): void {
  const content = JSON.stringify(
    { format: 'endcap.receipts/1', storeName, sid, textVersion, receipts },
    null,
    2,
  );
  saveFile('my-receipts.json', 'application/json', content);
}

export function PrivacyPage({ view, state }: { view: ShopperView; state: ShopperState }) {
  const messages = state.messages.value;
  const words = messages.shopper.privacy;
  const [age, setAge] = useState<AgeBand | undefined>(state.cache.ageBand());
  const [asking, setAsking] = useState(false);
  return (
    <>
      <header class="tab-head">
        <h1>{words.title}</h1>
        <LanguageChoice state={state} />
      </header>
      <p class="muted tab-intro">{words.intro}</p>
      <AskAgain view={view} state={state} />
      {asking ? (
        <div class="card asked-age">
          <AgeQuestion value={age} messages={messages} onAnswer={setAge} />
        </div>
      ) : null}
      <ul class="card purposes">
        {PURPOSES.map((purpose) => (
          <PurposeRow
            key={purpose}
            purpose={purpose}
            view={view}
            state={state}
            age={age}
            onNeedAge={() => {
              setAsking(true);
              scrollTo({ top: 0 });
            }}
          />
        ))}
      </ul>
      {view.receipts.length === 0 ? null : (
        <button type="button" class="button button-wide" onClick={() => saveReceipts(view)}>
          <Icon name="export" />
          {messages.rights.receipts.download}
        </button>
      )}
      <PlainWords messages={messages} />
      <Known view={view} state={state} />
      <InstallNote state={state} />
      <EraseMe state={state} />
      <p class="muted small tab-intro">{words.text(view.textVersion)}</p>
    </>
  );
}
