import { useState } from 'preact/hooks';
import type { Daypart, Screen } from '../../../edge/contracts/index.js';
import { FormDialog } from '../desk/form-dialog.js';
import type { DeskTelling } from '../desk/telling.js';
import { HoursField, hoursProblem } from './hours-field.js';
import type { Undo } from './places.js';

/** The hours in which a screen is lit. */
export function AwakeDialog(props: {
  screen: Screen;
  telling: DeskTelling;
  save(parts: readonly Daypart[], reason: string | undefined): Promise<Undo>;
  onClose(): void;
  onDone(undo: Undo): void;
}) {
  const { screen, telling, save, ...ends } = props;
  const words = telling.desk.media;
  const [parts, setParts] = useState<readonly Daypart[]>(screen.awake ?? []);
  return (
    <FormDialog
      title={words.litNamed(screen.name ?? screen.id)}
      telling={telling}
      kind="programme"
      reasons={words.reasons}
      failed={words.failed}
      save={(_form, reason) => hoursProblem(parts, words) ?? save(parts, reason)}
      {...ends}
    >
      <HoursField parts={parts} telling={telling} onChange={setParts} />
    </FormDialog>
  );
}
