import { useEffect, useRef, useState } from 'preact/hooks';
import { clockTime, count } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import { refusalWords, toldFor } from '../../shared/messages/told.js';
import {
  checkRecord,
  type HeldRecord,
  heldRecords,
  leaveRecord,
  mendRecord,
  openRecord,
  type Verdict,
} from '../api.js';
import { reasonIn } from '../desk/reason.js';
import { ReasonField } from '../desk/reason-field.js';
import { whyOf } from '../desk/why.js';
import type { Telling } from '../now/story-words.js';

interface MendProps {
  /** The record to open; the newest one when absent. */
  readonly id: string | undefined;
  /** How many are open, as the store says: a change looks again. */
  readonly toMend: number;
  readonly telling: Telling;
}

/** Asked once the typing pauses for so long. */
const TYPING_MS = 300;

type Outcome = { readonly tone: 'good' | 'look'; readonly text: string };

function useRecord(id: string | undefined, toMend: number): HeldRecord | undefined {
  const [record, setRecord] = useState<HeldRecord | undefined>();
  useEffect(() => {
    let mine = true;
    const find = async (): Promise<HeldRecord | undefined> => {
      const wanted = id ?? (await heldRecords()).records[0]?.quarantineId;
      return wanted === undefined ? undefined : openRecord(wanted);
    };
    find().then(
      (found) => mine && setRecord(found),
      () => mine && setRecord(undefined),
    );
    return () => {
      mine = false;
    };
  }, [id, toMend]);
  return record;
}

/** The store's word on the text as it stands; `undefined` until it has answered about this very text. */
function useVerdict(record: HeldRecord, text: string, asks: boolean): Verdict | undefined {
  const [said, setSaid] = useState<{ readonly text: string; readonly verdict: Verdict } | undefined>();
  useEffect(() => {
    if (!asks) return;
    let mine = true;
    const timer = setTimeout(() => {
      checkRecord(record.quarantineId, text).then(
        (verdict) => mine && setSaid({ text, verdict }),
        // Without an answer nothing is said; mending says for itself what is wrong.
        () => mine && setSaid(undefined),
      );
    }, TYPING_MS);
    return () => {
      mine = false;
      clearTimeout(timer);
    };
  }, [record.quarantineId, text, asks]);
  return said?.text === text ? said.verdict : undefined;
}

function verdictWords(verdict: Verdict, { messages, place }: Telling): Outcome {
  const words = messages.journal.mend;
  const { fits, reason = 'SchemaMismatch', detail = '', field } = verdict;
  if (fits) return { tone: 'good', text: words.fits };
  const found =
    field === undefined || field === '/' || detail.startsWith(field) ? detail : `${field}: ${detail}`;
  return {
    tone: 'look',
    text: words.notYet(refusalWords(toldFor(place.locale), { reason, field, detail: found })),
  };
}

function Bodies(props: {
  record: HeldRecord;
  text: string;
  wrong: boolean;
  telling: Telling;
  onInput(text: string): void;
}) {
  const words = props.telling.messages.journal.mend;
  const { record } = props;
  const rows = Math.min(8, Math.max(2, record.body.split('\n').length, Math.ceil(record.body.length / 52)));
  return (
    <div class="mend-bodies">
      <div>
        <p class="small muted">{words.came}</p>
        <pre class="mend-came" dir="ltr">
          {record.body}
        </pre>
      </div>
      <Icon name="right" />
      <label class="mend-field">
        <span class="small muted">{words.mended}</span>
        <textarea
          class={props.wrong ? 'mend-text mend-wrong' : 'mend-text'}
          dir="ltr"
          rows={rows}
          spellcheck={false}
          value={props.text}
          aria-invalid={props.wrong}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      </label>
    </div>
  );
}

/** What there is to know before anything was tried. */
function hint(record: HeldRecord, { messages }: Telling): string {
  const words = messages.journal.mend;
  if (record.encoding !== 'utf8') return words.binary;
  return record.cut ? words.cut : words.from(record.device, record.topic);
}

function Record({ record, toMend, telling }: { record: HeldRecord; toMend: number; telling: Telling }) {
  const words = telling.messages.journal.mend;
  const told = toldFor(telling.place.locale);
  const [text, setText] = useState(record.body);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | undefined>();
  const binary = record.encoding !== 'utf8';
  const form = useRef<HTMLFormElement>(null);
  const reasonNow = (): string | undefined =>
    form.current === null ? undefined : reasonIn(new FormData(form.current));
  const settle = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    setBusy(true);
    try {
      await work();
      setOutcome({ tone: 'good', text: done });
    } catch (error) {
      setOutcome({ tone: 'look', text: words.failed(whyOf(error, telling)) });
    } finally {
      setBusy(false);
    }
  };
  const leave = (): void => {
    const reason = reasonNow();
    if (reason === undefined) setOutcome({ tone: 'look', text: told.why.needed });
    else void settle(() => leaveRecord(record.quarantineId, reason), words.left);
  };
  const settled = outcome?.tone === 'good';
  const verdict = useVerdict(record, text, !binary && !record.cut && !settled && text !== record.body);
  const said = outcome ?? (verdict === undefined ? undefined : verdictWords(verdict, telling));
  return (
    <>
      <header class="mend-head">
        <Icon name="warning" />
        <h2 class="card-title">
          <bdi>{words.title(clockTime(record.recordedtime, telling.place), refusalWords(told, record))}</bdi>
        </h2>
        <p class="small muted">{words.kept}</p>
      </header>
      {binary ? null : (
        <Bodies
          record={record}
          text={text}
          wrong={said?.tone === 'look'}
          telling={telling}
          onInput={(typed) => {
            setText(typed);
            setOutcome(undefined);
          }}
        />
      )}
      <form
        ref={form}
        class="mend-why"
        onSubmit={(event) => event.preventDefault()}
        onInput={() => setOutcome(undefined)}
      >
        <ReasonField
          kind={text === record.body ? 'record' : 'mend'}
          locale={telling.place.locale}
          optional={text !== record.body}
        />
      </form>
      <footer class="mend-foot">
        <p class={said === undefined ? 'muted' : `tone-text-${said.tone}`} aria-live="polite">
          <bdi>{said?.text ?? hint(record, telling)}</bdi>
          {toMend > 1 && said === undefined ? ` ${words.more(count(toMend - 1, telling.place.locale))}.` : ''}
        </p>
        <button type="button" class="button button-plain" disabled={busy || settled} onClick={leave}>
          {words.leave}
        </button>
        <button
          type="button"
          class="button button-primary"
          disabled={busy || settled || binary || record.cut}
          onClick={() => settle(() => mendRecord(record.quarantineId, text, reasonNow()), words.done)}
        >
          <Icon name="mend" />
          {busy ? words.working : words.replay}
        </button>
      </footer>
    </>
  );
}

/** A message that could not be understood: as it came, mended, and sent through the same decoder again. */
export function MendCard({ id, toMend, telling }: MendProps) {
  const record = useRecord(id, toMend);
  if (record === undefined) return null;
  return (
    <section class="card mend" aria-label={telling.messages.journal.mend.replay}>
      <Record key={record.quarantineId} record={record} toMend={toMend} telling={telling} />
    </section>
  );
}
