import { useState } from 'preact/hooks';
import { toldFor } from '../../shared/messages/told.js';
import { Dialog } from './pieces.js';
import { type ReasonKind, reasonIn } from './reason.js';
import { ReasonField } from './reason-field.js';
import type { DeskTelling } from './telling.js';
import { whyOf } from './why.js';

interface AskProps {
  readonly title: string;
  readonly ask: string;
  /** The word on the button that does it. */
  readonly sure: string;
  readonly telling: DeskTelling;
  /** Words of the page for refusals of this deed. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** For which there are ready words. */
  readonly kind: ReasonKind;
  act(reason: string): Promise<unknown>;
  failed(why: string): string;
  onClose(): void;
  onDone(): void;
}

/** Asks once before something that is not taken back with a button; where it does not work, it stays and says why. */
export function AskDialog(props: AskProps) {
  const { title, ask, sure, telling, kind, reasons, act, failed, onClose, onDone } = props;
  const { locale } = telling.place;
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const go = (event: Event): void => {
    event.preventDefault();
    const reason = reasonIn(new FormData(event.currentTarget as HTMLFormElement));
    setProblem(reason === undefined ? toldFor(locale).why.needed : undefined);
    if (reason === undefined) return;
    setBusy(true);
    act(reason).then(onDone, (failure: unknown) => {
      setProblem(failed(whyOf(failure, telling, reasons)));
      setBusy(false);
    });
  };
  return (
    <Dialog label={title} onClose={onClose}>
      <form class="dialog-form" onSubmit={go} onInput={() => setProblem(undefined)} noValidate>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p>
          <bdi>{ask}</bdi>
        </p>
        <ReasonField kind={kind} locale={locale} />
        <p class="tone-text-act" role="alert">
          {problem}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button button-plain" onClick={onClose}>
            {telling.desk.common.cancel}
          </button>
          <button type="submit" class="button button-act" disabled={busy}>
            {sure}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
