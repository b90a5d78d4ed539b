import type { Candidate, Liking, PromoDecision } from '../../../edge/contracts/index.js';
import { count, dayLabel, dayMonth, exactTime, percentOff, share } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import { saidWords } from '../../shared/messages/told.js';
import type { JournalEntry } from '../api.js';
import { reasonWords, screenName, type Telling, zoneName } from '../now/story-words.js';
import { type Cell, isMendable, productName, type Trace, traceOf } from './trace.js';

interface TraceProps {
  readonly entry: JournalEntry;
  readonly decision: PromoDecision;
  readonly telling: Telling;
  readonly onWhatIf: () => void;
}

/** Widths in px below which a column is not legible: then the table scrolls. */
const FIRST_COLUMN = 152;
const COLUMN = 136;

export function whyTitle(decision: PromoDecision, telling: Telling): string {
  const words = telling.messages.journal.why;
  const [first] = decision.candidates;
  const name = decision.offer?.name ?? (first === undefined ? '' : productName(decision, first));
  const percent = decision.offer?.percent;
  const product = percent === undefined ? name : `${name} ${percentOff(percent, telling.place.locale)}`;
  if (decision.outcome === 'rejected') return words.rejected(zoneName(telling, decision.zone ?? ''));
  if (decision.outcome === 'withheld') return words.withheld(product);
  return decision.screen === undefined
    ? words.offered(product)
    : words.onScreen(screenName(telling, decision.screen), product);
}

/** What a rule saw is kept in plain values; days and zones are written here as people say them. */
function valueWords(value: string, rule: string, telling: Telling): string {
  const text = value.replace(/\b\d{4}-\d{2}-\d{2}\b/g, (day) =>
    dayMonth(`${day}T12:00:00Z`, { ...telling.place, timeZone: 'UTC' }),
  );
  if (/^\d+\.\d+$/.test(text)) return share(Number(text), telling.place.locale);
  if (rule === 'stock' && /^\d+$/.test(text)) return telling.messages.journal.phrases.pieces(text);
  if (rule !== 'zone') return text;
  return text
    .split(', ')
    .map((id) => screenName(telling, zoneName(telling, id)))
    .join(', ');
}

function likingWords({ liked, bought }: Liking, telling: Telling): string {
  const words = telling.messages.journal.why.liking;
  const { locale } = telling.place;
  if (bought === undefined) return liked > 0 ? words.there(count(liked, locale)) : words.noHistory;
  return `${share(liked, locale)}, ${bought > 0 ? words.bought(bought) : words.never}`;
}

function TraceCell({ cell, rule, telling }: { cell: Cell; rule: string; telling: Telling }) {
  const words = telling.messages.journal.why;
  if (cell.kind === 'not-asked') {
    return (
      <span class="cell-dash">
        <span class="visually-hidden">{words.notAsked}</span>
      </span>
    );
  }
  const { place } = telling;
  const plain = (value: string | undefined) => value && valueWords(value, rule, telling);
  const seen =
    cell.liking === undefined
      ? (saidWords(cell.saw, place) ?? plain(cell.value))
      : likingWords(cell.liking, telling);
  const value = seen ?? (cell.kind === 'yes' ? words.passed : words.failed);
  const needs = saidWords(cell.wants, place) ?? plain(cell.needs);
  const text = needs === undefined ? value : words.needs(value, needs);
  const look = cell.kind === 'no' ? (cell.mendable ? 'cell-no cell-look' : 'cell-no') : 'cell-yes';
  return (
    <span class={`cell ${look}`} title={text}>
      {rule === 'likes' ? null : <Icon name={cell.kind === 'yes' ? 'check' : 'cross'} small />}
      <span class="visually-hidden">{cell.kind === 'yes' ? words.passed : words.failed}</span>
      <bdi>{text}</bdi>
    </span>
  );
}

function Outcome({ candidate, rank, telling }: { candidate: Candidate; rank: number; telling: Telling }) {
  const { outcomes, why } = telling.messages.journal;
  const word = candidate.outcome === 'outbid' && rank === 1 ? why.second : outcomes[candidate.outcome];
  const tone =
    candidate.outcome === 'offered'
      ? 'outcome-good'
      : isMendable(candidate)
        ? 'outcome-look'
        : 'outcome-calm';
  return (
    <>
      <b class={tone}>{word}</b>
      <span class="small outcome-why">
        {candidate.reason === undefined ? '' : reasonWords(candidate.reason, telling).split(':')[0]}
      </span>
    </>
  );
}

const columnClass = (trace: Trace, index: number): string | undefined =>
  index === trace.winner ? 'winner' : undefined;

function ScoreRow({ trace, telling }: { trace: Trace; telling: Telling }) {
  return (
    <tr>
      <th scope="row">{telling.messages.journal.why.score}</th>
      {trace.candidates.map(({ campaign, score }, index) => (
        <td key={campaign} class={columnClass(trace, index)}>
          {score === undefined ? (
            <span class="cell-dash" />
          ) : (
            <span class="cell">
              {telling.messages.journal.why.points(
                count(Math.round(score * 1_000) / 1_000, telling.place.locale),
              )}
            </span>
          )}
        </td>
      ))}
    </tr>
  );
}

function TraceTable({
  trace,
  decision,
  telling,
}: {
  trace: Trace;
  decision: PromoDecision;
  telling: Telling;
}) {
  const words = telling.messages.journal.why;
  const column = (index: number): string | undefined => columnClass(trace, index);
  const scored = trace.candidates.some(({ score }) => score !== undefined);
  return (
    <table class="trace" style={{ minWidth: `${FIRST_COLUMN + COLUMN * trace.candidates.length}px` }}>
      <thead>
        <tr>
          <th scope="col" class="trace-corner">
            {words.rules}
          </th>
          {trace.candidates.map((candidate, index) => (
            <th scope="col" key={candidate.campaign} class={column(index)}>
              <bdi class="trace-product">{productName(decision, candidate)}</bdi>
              <bdi class="small trace-campaign">{candidate.name ?? candidate.campaign}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {trace.rows.map((row) => (
          <tr key={row.rule}>
            <th scope="row">{words.names[row.rule] ?? row.rule}</th>
            {row.cells.map((cell, index) => (
              <td key={trace.candidates[index]?.campaign} class={column(index)}>
                <TraceCell cell={cell} rule={row.rule} telling={telling} />
              </td>
            ))}
          </tr>
        ))}
        {scored ? <ScoreRow trace={trace} telling={telling} /> : null}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{words.outcome}</th>
          {trace.candidates.map((candidate, index) => (
            <td key={candidate.campaign} class={column(index)}>
              <Outcome candidate={candidate} rank={index} telling={telling} />
            </td>
          ))}
        </tr>
      </tfoot>
    </table>
  );
}

/** Why it was decided so: every candidate with every rule, value and reason. */
export function WhyTrace({ entry, decision, telling, onWhatIf }: TraceProps) {
  const words = telling.messages.journal;
  const { place } = telling;
  const trace = traceOf(decision);
  const at = `${dayLabel(entry.recordedtime, place)}, ${exactTime(entry.recordedtime, place)}`;
  return (
    <section class="card why-card" aria-label={whyTitle(decision, telling)}>
      <header class="why-head">
        <div class="why-words">
          <h2>
            <bdi>{whyTitle(decision, telling)}</bdi>
          </h2>
          <p class="muted">
            <time>{at}</time>, {words.why.from(trace.candidates.length)}. <code>{decision.decisionId}</code>,{' '}
            {words.place(count(entry.offset, place.locale))}
          </p>
        </div>
        <button type="button" class="button" onClick={onWhatIf}>
          <Icon name="replay" />
          {words.whatIf.button}
        </button>
      </header>
      {trace.candidates.length === 0 ? (
        <p class="empty">{words.why.none}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than its card scrolls, also by keyboard
        <section class="trace-scroll" tabIndex={0} aria-label={words.why.rules}>
          <TraceTable trace={trace} decision={decision} telling={telling} />
        </section>
      )}
    </section>
  );
}
