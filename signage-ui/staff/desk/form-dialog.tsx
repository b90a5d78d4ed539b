import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from './pieces.js';
import { type ReasonKind, reasonIn } from './reason.js';
import { ReasonField } from './reason-field.js';
import type { DeskTelling } from './telling.js';
import { whyOf } from './why.js';

interface FormProps<Saved> {
  readonly title: string;
  readonly telling: DeskTelling;
  readonly children: ComponentChildren;
  /** Words for refusals that this form knows better. */
  readonly reasons: Readonly<Record<string, string>>;
  /** For which there are ready words; nobody has to say why here. */
  readonly kind: ReasonKind;
  /** What is saved, or what is wrong with what was filled in, in words. */
  save(form: FormData, reason: string | undefined): Promise<Saved> | string;
  failed(why: string): string;
  onClose(): void;
  onDone(saved: Saved): void;
}

/** A dialog that is filled in and saved; where that does not work, it stays and says why until something is typed. */
export function FormDialog<Saved>(props: FormProps<Saved>) {
  const { title, telling, children, onClose } = props;
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const saving = props.save(form, reasonIn(form));
    setProblem(typeof saving === 'string' ? saving : undefined);
    if (typeof saving === 'string') return;
    setBusy(true);
    saving.then(props.onDone, (failure: unknown) => {
      setProblem(props.failed(whyOf(failure, telling, props.reasons)));
      setBusy(false);
    });
  };
  const changed = (): void => setProblem(undefined);
  return (
    <Dialog label={title} onClose={onClose}>
      <form class="dialog-form" onSubmit={submit} onInput={changed} noValidate>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        {children}
        <ReasonField kind={props.kind} locale={telling.place.locale} optional />
        <p class="tone-text-act" role="alert">
          {problem}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button button-plain" onClick={onClose}>
            {telling.desk.common.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={busy}>
            {telling.desk.common.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
