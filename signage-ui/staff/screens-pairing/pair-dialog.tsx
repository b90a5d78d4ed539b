import { useEffect, useRef, useState } from 'preact/hooks';
import type { ScreenNow } from '../../../edge/contracts/index.js';
import { ApiFailure } from '../../shared/api.js';
import { Dialog } from '../desk/pieces.js';
import { reasonIn, saying } from '../desk/reason.js';
import { ReasonField } from '../desk/reason-field.js';
import type { DeskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import { confirmCode, type Wanted } from './api.js';

interface PairProps {
  readonly screens: readonly ScreenNow[];
  readonly telling: DeskTelling;
  onClose(): void;
  /** Told of the name of the screen. */
  onPaired(name: string): void;
}

const NEW = '';
const WAYS = ['landscape', 'portrait'] as const;
const CODE_MAX = 20;
const NAME_MAX = 100;

/** What was typed, or what is missing in words. */
function wantedOf(form: FormData, words: DeskTelling['desk']['screens']): Wanted | string {
  const of = (name: string): string => String(form.get(name) ?? '').trim();
  const code = of('code');
  if (code === '') return words.codeMissing;
  const screen = of('screen');
  if (screen !== NEW) return { code, screen };
  const name = of('name');
  if (name === '') return words.nameMissing;
  const orientation = WAYS.find((way) => way === of('way')) ?? 'landscape';
  return { code, newScreen: { name, zone: of('zone'), orientation } };
}

function CodeField({ telling, wrong }: { telling: DeskTelling; wrong: boolean }) {
  const words = telling.desk.screens;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <>
      <label class="field">
        <span class="small">{words.code}</span>
        <input
          ref={field}
          name="code"
          class="pair-code"
          maxLength={CODE_MAX}
          autoComplete="off"
          autoCapitalize="characters"
          spellcheck={false}
          aria-invalid={wrong}
          aria-describedby="pair-problem pair-hint"
        />
      </label>
      <p id="pair-hint" class="small muted">
        {words.codeHint}
      </p>
    </>
  );
}

function NewScreenFields({ telling }: { telling: DeskTelling }) {
  const words = telling.desk.screens;
  return (
    <>
      <label class="field">
        <span class="small">{words.name}</span>
        <input name="name" maxLength={NAME_MAX} autoComplete="off" aria-describedby="pair-name-hint" />
      </label>
      <p id="pair-name-hint" class="small muted">
        {words.nameHint}
      </p>
      <label class="field">
        <span class="small">{words.zone}</span>
        <select name="zone">
          {telling.policy.zones.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span class="small">{words.way}</span>
        <select name="way">
          {WAYS.map((way) => (
            <option key={way} value={way}>
              {words.ways[way]}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** The code, and which screen it is: that is all, and all of it can be typed with one thumb. */
export function PairDialog({ screens, telling, onClose, onPaired }: PairProps) {
  const words = telling.desk.screens;
  const [screen, setScreen] = useState(screens.find(({ up }) => !up)?.screen ?? NEW);
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const chosen = screens.find((one) => one.screen === screen);
  const pair = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const wanted = wantedOf(form, words);
    if (typeof wanted === 'string') {
      setProblem(wanted);
      return;
    }
    setBusy(true);
    setProblem(undefined);
    confirmCode({ ...wanted, ...saying(reasonIn(form)) }).then(
      () => onPaired(wanted.newScreen?.name ?? chosen?.name ?? ''),
      (failure: unknown) => {
        const reason = failure instanceof ApiFailure ? failure.reason : '';
        setProblem(words.reasons[reason] ?? words.failed(whyOf(failure, telling)));
        setBusy(false);
      },
    );
  };
  return (
    <Dialog label={words.pair} onClose={onClose}>
      <form class="dialog-form" onSubmit={pair} noValidate>
        <h2>{words.pair}</h2>
        <CodeField telling={telling} wrong={problem !== undefined} />
        <label class="field">
          <span class="small">{words.which}</span>
          <select name="screen" value={screen} onChange={(event) => setScreen(event.currentTarget.value)}>
            {screens.map((one) => (
              <option key={one.screen} value={one.screen}>
                {one.name}
              </option>
            ))}
            <option value={NEW}>{words.fresh}</option>
          </select>
        </label>
        {chosen?.up === true ? (
          <p class="small tone-text-look">
            <bdi>{words.replaces(chosen.name)}</bdi>
          </p>
        ) : null}
        {screen === NEW ? <NewScreenFields telling={telling} /> : null}
        <ReasonField kind="pair" locale={telling.place.locale} optional />
        <p id="pair-problem" class="tone-text-act" role="alert">
          {problem}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button button-plain" onClick={onClose}>
            {telling.desk.common.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={busy}>
            {busy ? words.busy : words.go}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
