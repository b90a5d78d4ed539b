import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { hourMinute } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import { type Polled, readMs } from './poll.js';
import type { DeskTelling } from './telling.js';
import { whyOf } from './why.js';

/** Small parts that the tabs have in common. */

export function FilterChips<K extends string>(props: {
  label: string;
  chosen: K;
  chips: readonly { readonly id: K; readonly word: string; readonly amount?: string }[];
  onChoose(id: K): void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: chips are buttons, not the fields of a form
    <div class="desk-chips" role="group" aria-label={props.label}>
      {props.chips.map(({ id, word, amount }) => (
        <button
          key={id}
          type="button"
          class="chip"
          aria-pressed={props.chosen === id}
          onClick={() => props.onChoose(id)}
        >
          {word}
          {amount === undefined ? null : <span class="chip-amount">{amount}</span>}
        </button>
      ))}
    </div>
  );
}

/** What is said when the last look failed: the old answer stays, with its time. */
export function Trouble({ polled, telling }: { polled: Polled<unknown>; telling: DeskTelling }) {
  const { desk, place } = telling;
  if (polled.failure === undefined) return null;
  const why = whyOf(polled.failure, telling);
  const text =
    polled.value === undefined
      ? desk.common.failed(why)
      : desk.common.failedSince(hourMinute(readMs(polled, telling.toStoreMs), place), why);
  return (
    <p class="band band-look" role="status">
      <Icon name="warning" />
      {text}
    </p>
  );
}

export function Waiting({ word }: { word: string }) {
  return (
    <div class="card desk-waiting" role="status">
      <span class="visually-hidden">{word}</span>
    </div>
  );
}

/** A state: its colour is only ever beside its word. */
export function State({
  tone,
  word,
  rest,
}: {
  tone: 'good' | 'look' | 'act' | 'link' | 'calm';
  word: string;
  rest?: ComponentChildren;
}) {
  return (
    <span class="desk-state">
      <span class={`desk-state-word tone-text-${tone}`}>
        <span class={`desk-dot desk-dot-${tone}`} />
        {word}
      </span>
      {rest === undefined ? null : <span class="small muted">{rest}</span>}
    </span>
  );
}

/** Two lines of a cell: what counts, and what it means. */
export function Cell({ first, second }: { first: ComponentChildren; second?: ComponentChildren }) {
  return (
    <span class="desk-cell">
      <span class="desk-first">{first}</span>
      {second === undefined ? null : <span class="desk-second small muted">{second}</span>}
    </span>
  );
}

/** A dialog of the browser's own kind: it takes the focus, keeps it, closes on Escape and gives it back. */
export function Dialog(props: { label: string; onClose(): void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  // At once and not after the paint: until it is shown, nobody must take the focus that is to be given back.
  useLayoutEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      // The dialog may be gone from the page by now, and then the browser gives the focus back to nobody.
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="desk-dialog"
      aria-label={props.label}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      {props.children}
    </dialog>
  );
}
