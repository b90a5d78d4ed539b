import { useEffect, useRef, useState } from 'preact/hooks';
import { Qr } from '../../shopper/qr.js';
import { addDevice } from '../desk/api.js';
import { Dialog } from '../desk/pieces.js';
import { reasonIn, saying } from '../desk/reason.js';
import { ReasonField } from '../desk/reason-field.js';
import type { DeskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';

const KINDS = ['device', 'till'] as const;
const NAME_MAX = 128;

interface Made {
  readonly id: string;
  readonly token: string;
}

function TokenOnce({ made, telling, onClose }: { made: Made; telling: DeskTelling; onClose(): void }) {
  const words = telling.desk.devices;
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard?.writeText(made.token).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <Dialog label={words.created(made.id)} onClose={() => undefined}>
      <div class="dialog-form">
        <h2>
          <bdi>{words.created(made.id)}</bdi>
        </h2>
        <p class="tone-text-look">{words.once}</p>
        <Qr text={made.token} label={words.qr} class="token-qr" />
        <dl class="token-words">
          <dt class="small">{words.user}</dt>
          <dd>
            <code>{made.id}</code>
          </dd>
          <dt class="small">{words.token}</dt>
          <dd>
            <code class="token-text">{made.token}</code>
          </dd>
        </dl>
        <div class="dialog-buttons">
          {/* Only pages of the machine itself and over https may use the clipboard. */}
          {navigator.clipboard === undefined ? null : (
            <button type="button" class="button" onClick={copy}>
              <span aria-live="polite">{copied ? words.copied : words.copy}</span>
            </button>
          )}
          <button type="button" class="button button-primary" onClick={onClose}>
            {words.close}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

/** Name and kind, then the token: it stands on the page once and nowhere else. */
export function AddDialog({ telling, onClose }: { telling: DeskTelling; onClose(): void }) {
  const words = telling.desk.devices;
  const [name, setName] = useState('');
  const [kind, setKind] = useState<(typeof KINDS)[number]>('device');
  const [problem, setProblem] = useState<string | undefined>();
  const [made, setMade] = useState<Made | undefined>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  if (made !== undefined) return <TokenOnce made={made} telling={telling} onClose={onClose} />;
  const create = (event: Event): void => {
    event.preventDefault();
    const given = name.trim();
    if (given === '' || given.length > NAME_MAX) {
      setProblem(words.wrongName);
      field.current?.focus();
      return;
    }
    const reason = reasonIn(new FormData(event.currentTarget as HTMLFormElement));
    setBusy(true);
    addDevice({ name: given, kind, ...saying(reason) })
      .then(setMade, (error: unknown) => setProblem(words.failedAdd(whyOf(error, telling))))
      .finally(() => setBusy(false));
  };
  return (
    <Dialog label={words.addTitle} onClose={onClose}>
      <form class="dialog-form" onSubmit={create} noValidate>
        <h2>{words.addTitle}</h2>
        <label class="field">
          <span class="small">{words.name}</span>
          <input
            ref={field}
            value={name}
            maxLength={NAME_MAX}
            autoComplete="off"
            aria-invalid={problem !== undefined}
            aria-describedby="add-problem add-hint"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <p id="add-hint" class="small muted">
          {words.nameHint}
        </p>
        <label class="field">
          <span class="small">{words.kind}</span>
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value as typeof kind)}>
            {KINDS.map((id) => (
              <option key={id} value={id}>
                {words.addKinds[id]}
              </option>
            ))}
          </select>
        </label>
        <ReasonField kind="add" locale={telling.place.locale} optional />
        <p id="add-problem" class="tone-text-act" role="alert">
          {problem}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button button-plain" onClick={onClose}>
            {telling.desk.common.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={busy}>
            {words.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
