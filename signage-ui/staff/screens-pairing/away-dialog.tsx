import { useState } from 'preact/hooks';
import type { ScreenNow } from '../../../edge/contracts/index.js';
import { Dialog } from '../desk/pieces.js';
import { whyOf } from '../desk/poll.js';
import type { DeskTelling } from '../desk/telling.js';
import { sendAway } from './api.js';

interface AwayProps {
  readonly row: ScreenNow;
  readonly telling: DeskTelling;
  onClose(): void;
  onDone(): void;
}

/** Asks once, because a screen in the shop goes blank of offers by it. */
export function AwayDialog({ row, telling, onClose, onDone }: AwayProps) {
  const words = telling.desk.screens;
  const [problem, setProblem] = useState<string | undefined>();
  const send = (): void => {
    sendAway(row.screen).then(onDone, (failure: unknown) => setProblem(words.failed(whyOf(failure))));
  };
  return (
    <Dialog label={words.awayNamed(row.name)} onClose={onClose}>
      <div class="dialog-form">
        <h2>
          <bdi>{words.awayNamed(row.name)}</bdi>
        </h2>
        <p>
          <bdi>{words.awayAsk(row.name)}</bdi>
        </p>
        <p class="tone-text-act" role="alert">
          {problem}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button button-plain" onClick={onClose}>
            {telling.desk.common.cancel}
          </button>
          <button type="button" class="button button-act" onClick={send}>
            {words.away}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
