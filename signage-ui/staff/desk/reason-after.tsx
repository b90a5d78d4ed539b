import './reason.css';
import { useState } from 'preact/hooks';
import type { Place } from '../../shared/format.js';
import { toldFor } from '../../shared/messages/told.js';
import { sayWhy } from '../api.js';
import type { ReasonKind } from './reason.js';
import { REASON_MAX, ReasonChips } from './reason-field.js';
import { whyOf } from './why.js';

interface AfterProps {
  readonly stopId: string;
  readonly kind: Extract<ReasonKind, 'stop' | 'undo'>;
  readonly place: Place;
  onSaid?(): void;
}

/** Whoever stops is in a hurry: they say why when it is done, with one tap or in their own words. */
export function ReasonAfter({ stopId, kind, place, onSaid }: AfterProps) {
  const words = toldFor(place.locale).why;
  const [own, setOwn] = useState(false);
  const [state, setState] = useState<'open' | 'busy' | 'said' | { readonly problem: string }>('open');
  const say = (reason: string): void => {
    if (reason.trim() === '') return;
    setState('busy');
    sayWhy(stopId, reason.trim()).then(
      () => {
        setState('said');
        onSaid?.();
      },
      (failure: unknown) => setState({ problem: words.notSaid(whyOf(failure, { place })) }),
    );
  };
  if (state === 'said') return <span role="status">{words.said}</span>;
  return (
    <span class="reason-after">
      <span>{words.ask}</span>
      {own ? (
        <form
          class="reason-own"
          onSubmit={(event) => {
            event.preventDefault();
            say(String(new FormData(event.currentTarget).get('reason') ?? ''));
          }}
        >
          <input name="reason" aria-label={words.label} maxLength={REASON_MAX} autoComplete="off" autofocus />
          <button type="submit" class="button" disabled={state === 'busy'}>
            {words.say}
          </button>
        </form>
      ) : (
        <>
          <ReasonChips kind={kind} locale={place.locale} onChoose={say} />
          <button type="button" class="chip" onClick={() => setOwn(true)}>
            {words.other}
          </button>
        </>
      )}
      {typeof state === 'object' ? <span role="alert">{state.problem}</span> : null}
    </span>
  );
}
