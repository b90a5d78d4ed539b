import { useState } from 'preact/hooks';
import type { ShopperErased } from '../../edge/contracts/index.js';
import { Icon, LeafMark } from '../shared/icons.js';
import { saveFile } from './save-file.js';
import type { ShopperState } from './state.js';
import { wholeMoment } from './words.js';

type Phase = 'idle' | 'sure' | 'working' | 'failed';

/** Asked once more, with two equal buttons; what happens stands beside the button, not behind it. */
export function EraseMe({ state }: { state: ShopperState }) {
  const words = state.messages.value.rights.erase;
  const [phase, setPhase] = useState<Phase>('idle');
  const erase = (): void => {
    setPhase('working');
    state.erase().catch(() => setPhase('failed'));
  };
  if (phase === 'idle') {
    return (
      <section class="rights">
        <h2 class="section-title">{words.title}</h2>
        <p class="muted small-text">{words.text}</p>
        <button type="button" class="button button-wide button-act" onClick={() => setPhase('sure')}>
          {words.open}
        </button>
      </section>
    );
  }
  return (
    <section class="card sure" aria-label={words.title}>
      <h2>{words.sure}</h2>
      <p class="muted">{words.sureText}</p>
      {phase === 'failed' ? (
        <p class="note note-look" role="alert">
          {words.failed}
        </p>
      ) : null}
      <div class="two-buttons">
        <button
          type="button"
          class="button button-even"
          disabled={phase === 'working'}
          onClick={() => setPhase('idle')}
        >
          {words.keep}
        </button>
        <button type="button" class="button button-even" disabled={phase === 'working'} onClick={erase}>
          {phase === 'working' ? words.working : words.yes}
        </button>
      </div>
    </section>
  );
}

/** All that is left: the number, kept on the phone until the person clears it. */
export function ErasedPage({ erased, state }: { erased: ShopperErased; state: ShopperState }) {
  const words = state.messages.value.rights.erase;
  const at = words.at(wholeMoment(erased.at, state.place.value));
  const save = (): void =>
    saveFile(
      'deleted.txt',
      'text/plain',
      [words.done, `${words.number} ${erased.receiptId}`, at, ''].join('\n'),
    );
  return (
    <main class="shopper-page erased-page">
      <LeafMark class="waiting-leaf" />
      <h1>{words.done}</h1>
      <p class="muted">{words.doneText}</p>
      <dl class="card proof">
        <dt class="small">{words.number}</dt>
        <dd class="proof-number">{erased.receiptId}</dd>
        <dd class="muted">{at}</dd>
      </dl>
      <button type="button" class="button button-primary button-big" onClick={save}>
        <Icon name="export" />
        {words.save}
      </button>
      <button type="button" class="button button-wide" onClick={state.clearErased}>
        {words.clear}
      </button>
    </main>
  );
}
