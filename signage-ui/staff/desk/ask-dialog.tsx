import { useState } from 'preact/hooks';
import { Dialog } from './pieces.js';
import { whyOf } from './poll.js';
import type { DeskTelling } from './telling.js';

interface AskProps {
  readonly title: string;
  readonly ask: string;
  /** The word on the button that does it. */
  readonly sure: string;
  readonly telling: DeskTelling;
  act(): Promise<unknown>;
  failed(why: string): string;
  onClose(): void;
  onDone(): void;
}

/** Asks once before something that is not taken back with a button; where it does not work, it stays and says why. */
export function AskDialog({ title, ask, sure, telling, act, failed, onClose, onDone }: AskProps) {
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const go = (): void => {
    setBusy(true);
    setProblem(undefined);
    act().then(onDone, (failure: unknown) => {
      setProblem(failed(whyOf(failure)));
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
