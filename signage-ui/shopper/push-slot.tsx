import { useEffect, useMemo } from 'preact/hooks';
import { Icon } from '../shared/icons.js';
import { createPushState, type PushPhase } from './push.js';
import type { ShopperState } from './state.js';

/** Under the purpose "messages to this phone": what this phone needs to get them, once the person said yes to them. */
export function PushSlot({ state }: { state: ShopperState }) {
  const granted = state.view.value?.consents.push === 'granted';
  return granted ? <PushSetting state={state} /> : null;
}

function PushSetting({ state }: { state: ShopperState }) {
  const push = useMemo(
    () =>
      createPushState(() => {
        const sid = state.view.value?.sid;
        return sid === undefined ? undefined : { sid, locale: state.place.value.locale };
      }),
    [state],
  );
  useEffect(() => void push.look().catch(() => undefined), [push]);
  const words = state.messages.value.push;
  const name = state.messages.value.shopper.purposes.push.name;
  const phase = push.phase.value;
  const problem = push.problem.value;
  return (
    <div class="push-setting" data-phase={phase}>
      <p class={phase === 'on' ? 'said said-yes' : 'said'} role="status">
        <Icon name="bell" small />
        <span>{words.states[phase]}</span>
      </p>
      {phase === 'off' || phase === 'working' ? (
        <button
          type="button"
          class="button"
          disabled={phase === 'working'}
          onClick={() => void push.turnOn()}
        >
          {words.turnOn}
          <span class="visually-hidden">: {name}</span>
        </button>
      ) : null}
      {phase === 'on' ? (
        <button type="button" class="button" onClick={() => void push.turnOff()}>
          {words.turnOff}
          <span class="visually-hidden">: {name}</span>
        </button>
      ) : null}
      <Help phase={phase} words={words} />
      {problem === undefined ? null : (
        <p class="purpose-note" role="alert">
          {words.failed} {words.reasons[problem]}
        </p>
      )}
    </div>
  );
}

type PushWords = ShopperState['messages']['value']['push'];

function Help({ phase, words }: { phase: PushPhase; words: PushWords }) {
  const help = words.help as Readonly<Record<string, string | undefined>>;
  const text = help[phase];
  return text === undefined ? null : <p class="purpose-note">{text}</p>;
}
