import { useState } from 'preact/hooks';
import type { Daypart, Screen } from '../../../edge/contracts/index.js';
import { Dialog } from '../desk/pieces.js';
import type { DeskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import { HoursField, hoursProblem } from './hours-field.js';
import type { Undo } from './places.js';

/** The hours in which a screen is lit. */
export function AwakeDialog(props: {
  screen: Screen;
  telling: DeskTelling;
  save(parts: readonly Daypart[]): Promise<Undo>;
  onClose(): void;
  onDone(undo: Undo): void;
}) {
  const { screen, telling, onClose } = props;
  const words = telling.desk.media;
  const [parts, setParts] = useState<readonly Daypart[]>(screen.awake ?? []);
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const title = words.litNamed(screen.name ?? screen.id);
  const submit = (event: Event): void => {
    event.preventDefault();
    const wrong = hoursProblem(parts, words);
    setProblem(wrong);
    if (wrong !== undefined) return;
    setBusy(true);
    props.save(parts).then(props.onDone, (failure: unknown) => {
      setProblem(words.failed(whyOf(failure, telling, words.reasons)));
      setBusy(false);
    });
  };
  return (
    <Dialog label={title} onClose={onClose}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <HoursField
          parts={parts}
          telling={telling}
          onChange={(next) => {
            setParts(next);
            setProblem(undefined);
          }}
        />
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
