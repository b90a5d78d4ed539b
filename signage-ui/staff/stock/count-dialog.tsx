import { useEffect, useRef, useState } from 'preact/hooks';
import type { StockNow } from '../../../edge/contracts/index.js';
import { count } from '../../shared/format.js';
import { lengthInWords } from '../../shared/messages/index.js';
import { type CountAnswer, sendCount } from '../desk/api.js';
import { Dialog } from '../desk/pieces.js';
import { reasonIn, saying } from '../desk/reason.js';
import { ReasonField } from '../desk/reason-field.js';
import type { DeskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import { HAND_COUNT, piecesOf } from './stock-words.js';

/** What the store takes to be there, and since when it has known that. */
function believedWords(
  row: StockNow,
  shelf: string,
  { desk, place, messages, storeMs }: DeskTelling,
): string {
  const known = row.shelves.find((one) => one.shelf === shelf);
  const level = known?.count ?? row.level;
  if (level === undefined) return desk.stock.unknown;
  const at = known?.at ?? row.levelAt;
  const pieces = count(level, place.locale);
  if (at === undefined) return desk.stock.believed(pieces);
  return desk.stock.believedOf(pieces, lengthInWords(storeMs - Date.parse(at), messages));
}

/** Somebody counted: how many, and on which shelf where there are several. */
export function CountDialog(props: {
  row: StockNow;
  telling: DeskTelling;
  onClose(): void;
  onCounted(answer: CountAnswer): void;
}) {
  const { row, telling, onClose } = props;
  const words = telling.desk.stock;
  const shelves = row.shelves.map(({ shelf }) => shelf);
  const [shelf, setShelf] = useState(shelves[0] ?? HAND_COUNT);
  const [pieces, setPieces] = useState('');
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const save = (event: Event): void => {
    event.preventDefault();
    const amount = piecesOf(pieces);
    if (amount === undefined) {
      setProblem(words.wrong);
      field.current?.focus();
      return;
    }
    const reason = reasonIn(new FormData(event.currentTarget as HTMLFormElement));
    setBusy(true);
    sendCount(row.sku, { count: amount, ...(shelves.length > 0 ? { shelf } : {}), ...saying(reason) })
      .then(props.onCounted, (error: unknown) => setProblem(words.failedCount(whyOf(error, telling))))
      .finally(() => setBusy(false));
  };
  return (
    <Dialog label={words.dialog(row.name)} onClose={onClose}>
      <form class="dialog-form" onSubmit={save} noValidate>
        <h2>
          <bdi>{words.dialog(row.name)}</bdi>
        </h2>
        <p class="muted">{believedWords(row, shelf, telling)}</p>
        {shelves.length > 1 ? (
          <label class="field">
            <span class="small">{words.shelf}</span>
            <select value={shelf} onChange={(event) => setShelf(event.currentTarget.value)}>
              {shelves.map((id) => (
                <option key={id} value={id}>
                  {id === HAND_COUNT ? words.byHand : id}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <label class="field">
          <span class="small">{words.counted}</span>
          <input
            ref={field}
            inputMode="numeric"
            autoComplete="off"
            value={pieces}
            aria-invalid={problem !== undefined}
            aria-describedby="count-problem"
            onInput={(event) => setPieces(event.currentTarget.value)}
          />
        </label>
        <p id="count-problem" class="tone-text-act" role="alert">
          {problem}
        </p>
        <p class="small muted">{shelf === HAND_COUNT ? words.untilDelivery : words.sensor}</p>
        <ReasonField kind="count" locale={telling.place.locale} optional />
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
