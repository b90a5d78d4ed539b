import { useState } from 'preact/hooks';
import { Dialog } from './pieces.js';
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
  act(): Promise<unknown>;
  failed(why: string): string;
  onClose(): void;
  onDone(): void;
}

/** Asks once before something that is not taken back with a button; where it does not work, it stays and says why. */
export function AskDialog({ title, ask, sure, telling, reasons, act, failed, onClose, onDone }: AskProps) {
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const go = (): void => {
    setBusy(true);
    setProblem(undefined);
    act().then(onDone, (failure: unknown) => {
      setProblem(failed(whyOf(failure, telling, reasons)));
      setBusy(false);
    });
  };
  return (
    <Dialog label={title} onClose={onClose}>
      <div class="dialog-form">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p>
          <bdi>{ask}</bdi>
        </p>
        <p class="tone-text-act" role="alert">
          {problem}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button button-plain" onClick={onClose}>
            {telling.desk.common.cancel}
          </button>
          <button type="button" class="button button-act" disabled={busy} onClick={go}>
            {sure}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
