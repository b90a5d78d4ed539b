import { useState } from 'preact/hooks';
import type { Daypart, PlaylistItem } from '../../../edge/contracts/index.js';
import { FormDialog } from '../desk/form-dialog.js';
import type { DeskTelling } from '../desk/telling.js';
import { HoursField, hoursProblem } from './hours-field.js';
import { HEADLINE_MAX, LINE_MAX, SECONDS, SECONDS_MAX, SECONDS_MIN } from './limits.js';
import type { Undo } from './places.js';

interface PlaceProps {
  readonly title: string;
  /** As it stands, or as it begins. */
  readonly item: PlaylistItem;
  readonly telling: DeskTelling;
  save(item: PlaylistItem, reason: string | undefined): Promise<Undo>;
  onClose(): void;
  onDone(undo: Undo): void;
}

/** What was filled in, or what is wrong with it in words. */
function wantedOf(
  form: FormData,
  before: PlaylistItem,
  { words, parts }: { words: DeskTelling['desk']['media']; parts: readonly Daypart[] },
): PlaylistItem | string {
  const of = (field: string): string => String(form.get(field) ?? '').trim();
  const seconds = Number(of('seconds'));
  if (!(seconds >= SECONDS_MIN && seconds <= SECONDS_MAX)) return words.secondsWrong;
  if (before.show !== 'offer' && of('headline') === '') return words.headlineMissing;
  const wrong = hoursProblem(parts, words);
  if (wrong !== undefined) return wrong;
  const { headline: _headline, line: _line, dayparts: _dayparts, ...rest } = before;
  return {
    ...rest,
    seconds,
    ...(of('headline') === '' ? {} : { headline: of('headline') }),
    ...(of('line') === '' ? {} : { line: of('line') }),
    ...(parts.length === 0 ? {} : { dayparts: [...parts] }),
  };
}

function Words({ item, telling }: Pick<PlaceProps, 'item' | 'telling'>) {
  const words = telling.desk.media;
  return (
    <>
      <label class="field">
        <span class="small">{item.show === 'media' ? words.headline : words.houseHeadline}</span>
        <input
          name="headline"
          maxLength={HEADLINE_MAX}
          autoComplete="off"
          defaultValue={item.headline ?? ''}
        />
      </label>
      {item.show === 'house' ? (
        <label class="field">
          <span class="small">{words.houseLine}</span>
          <input name="line" maxLength={LINE_MAX} autoComplete="off" defaultValue={item.line ?? ''} />
        </label>
      ) : null}
    </>
  );
}

/** One place of a playlist: what it says, how long, and in which hours. */
export function PlaceDialog({ title, item, telling, save, ...ends }: PlaceProps) {
  const words = telling.desk.media;
  const [parts, setParts] = useState<readonly Daypart[]>(item.dayparts ?? []);
  const wanted = (form: FormData, reason: string | undefined): Promise<Undo> | string => {
    const next = wantedOf(form, item, { words, parts });
    return typeof next === 'string' ? next : save(next, reason);
  };
  return (
    <FormDialog
      title={title}
      telling={telling}
      kind="programme"
      reasons={words.reasons}
      failed={words.failed}
      save={wanted}
      {...ends}
    >
      {item.show === 'offer' ? null : <Words item={item} telling={telling} />}
      <label class="field">
        <span class="small">{words.forSeconds}</span>
        <input
          name="seconds"
          type="number"
          min={SECONDS_MIN}
          max={SECONDS_MAX}
          defaultValue={String(item.seconds ?? SECONDS)}
        />
      </label>
      <HoursField parts={parts} telling={telling} onChange={setParts} />
    </FormDialog>
  );
}
