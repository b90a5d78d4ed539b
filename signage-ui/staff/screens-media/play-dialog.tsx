import { useState } from 'preact/hooks';
import type { PlaylistItem, Screen } from '../../../edge/contracts/index.js';
import { Dialog } from '../desk/pieces.js';
import { reasonIn } from '../desk/reason.js';
import { ReasonField } from '../desk/reason-field.js';
import type { DeskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import { changePlaylist } from './api.js';
import { HEADLINE_MAX, ITEMS_MAX, SECONDS_MAX, SECONDS_MIN } from './limits.js';
import { PLAIN } from './places.js';
import { shortName, Thumb } from './thumb.js';

interface PlayProps {
  readonly name: string;
  readonly screens: readonly Screen[];
  readonly telling: DeskTelling;
  onClose(): void;
  /** Told of the name of the screen. */
  onDone(screen: string): void;
}

/** What was filled in, or what is wrong with it in words. */
function wantedOf(form: FormData, media: string, words: DeskTelling['desk']['media']): PlaylistItem | string {
  const of = (field: string): string => String(form.get(field) ?? '').trim();
  const seconds = Number(of('seconds'));
  if (!(seconds >= SECONDS_MIN && seconds <= SECONDS_MAX)) return words.secondsWrong;
  const headline = of('headline');
  if (headline === '') return words.headlineMissing;
  return { show: 'media', media, seconds, headline };
}

/** One more place at the end of a playlist. A screen without one keeps its place for offers. */
export function PlayDialog({ name, screens, telling, onClose, onDone }: PlayProps) {
  const words = telling.desk.media;
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const play = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const item = wantedOf(form, name, words);
    const screen = screens.find(({ id }) => id === form.get('screen'));
    if (typeof item === 'string' || screen === undefined) {
      setProblem(typeof item === 'string' ? item : undefined);
      return;
    }
    if ((screen.playlist?.length ?? 0) >= ITEMS_MAX) {
      setProblem(words.listFull(screen.name ?? screen.id, ITEMS_MAX));
      return;
    }
    setBusy(true);
    setProblem(undefined);
    changePlaylist(screen.id, (items) => [...(items ?? PLAIN), item], reasonIn(form)).then(
      () => onDone(screen.name ?? screen.id),
      (failure: unknown) => {
        setProblem(words.failed(whyOf(failure, telling)));
        setBusy(false);
      },
    );
  };
  const title = words.playNamed(shortName(name));
  return (
    <Dialog label={title} onClose={onClose}>
      <form class="dialog-form" onSubmit={play} noValidate>
        <h2>{title}</h2>
        <Thumb name={name} />
        <label class="field">
          <span class="small">{words.onScreen}</span>
          <select name="screen">
            {screens.map((screen) => (
              <option key={screen.id} value={screen.id}>
                {screen.name ?? screen.id}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span class="small">{words.forSeconds}</span>
          <input name="seconds" type="number" min={SECONDS_MIN} max={SECONDS_MAX} value="10" />
        </label>
        <label class="field">
          <span class="small">{words.headline}</span>
          <input name="headline" maxLength={HEADLINE_MAX} autoComplete="off" aria-describedby="play-hint" />
        </label>
        <p id="play-hint" class="small muted">
          {words.headlineHint}
        </p>
        <ReasonField kind="programme" locale={telling.place.locale} optional />
        <p class="tone-text-act" role="alert">
          {problem}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button button-plain" onClick={onClose}>
            {telling.desk.common.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={busy}>
            {words.playSure}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
