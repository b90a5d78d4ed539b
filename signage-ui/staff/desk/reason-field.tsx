import './reason.css';
import { useRef } from 'preact/hooks';
import { toldFor } from '../../shared/messages/told.js';
import { type ReasonKind, readyWords } from './reason.js';

export const REASON_MAX = 500;

interface FieldProps {
  readonly kind: ReasonKind;
  readonly locale: string;
  /** May it be left empty? */
  readonly optional?: boolean;
}

/** Why, typed or with one tap on ready words. Belongs into a form, where its name is `reason`. */
export function ReasonField({ kind, locale, optional }: FieldProps) {
  const words = toldFor(locale).why;
  const field = useRef<HTMLInputElement>(null);
  const choose = (text: string): void => {
    const input = field.current;
    if (input === null) return;
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  return (
    <div class="reason-field">
      <label class="field">
        <span class="small">{optional === true ? words.optional : words.label}</span>
        <input ref={field} name="reason" maxLength={REASON_MAX} autoComplete="off" />
      </label>
      <ReasonChips kind={kind} locale={locale} onChoose={choose} />
    </div>
  );
}

/** Ready words, one tap each. */
export function ReasonChips(props: { kind: ReasonKind; locale: string; onChoose(reason: string): void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: chips are buttons, not the fields of a form
    <span class="reason-chips" role="group" aria-label={toldFor(props.locale).why.choose}>
      {readyWords(props.kind, props.locale).map((text) => (
        <button key={text} type="button" class="chip" onClick={() => props.onChoose(text)}>
          {text}
        </button>
      ))}
    </span>
  );
}
