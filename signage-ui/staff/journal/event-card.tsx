import { useEffect, useState } from 'preact/hooks';
import type { PromoDecision, QuarantineEvent } from '../../../edge/contracts/index.js';
import { count, dayLabel, exactTime } from '../../shared/format.js';
import { type JournalEntry, openEntry, searchJournal } from '../api.js';
import type { DeskTelling } from '../desk/telling.js';
import type { Telling } from '../now/story-words.js';
import { eventLine } from './event-words.js';
import { MendCard } from './mend-card.js';
import { WhatIfCard } from './what-if.js';
import { WhyTrace } from './why-trace.js';

/** The event of this id: from the list where it is there, else from the store. */
function useEntry(
  id: string | undefined,
  listed: readonly JournalEntry[],
): JournalEntry | 'looking' | undefined {
  const [fetched, setFetched] = useState<JournalEntry | undefined>();
  const [missing, setMissing] = useState<string | undefined>();
  const found = listed.find((event) => event.id === id) ?? (fetched?.id === id ? fetched : undefined);
  useEffect(() => {
    if (id === undefined || found !== undefined) return;
    let mine = true;
    openEntry(id).then(
      (entry) => mine && setFetched(entry),
      () => mine && setMissing(id),
    );
    return () => {
      mine = false;
    };
  }, [id]);
  if (found !== undefined) return found;
  return missing === id ? undefined : 'looking';
}

/** With nothing chosen, the newest decision stands there: it says most about what this page is for. */
function useNewestDecision(wanted: boolean): string | undefined {
  const [id, setId] = useState<string | undefined>();
  useEffect(() => {
    if (!wanted || id !== undefined) return;
    let mine = true;
    searchJournal({ type: 'promo.decision', limit: 1 }).then(
      ({ events }) => mine && setId(events[0]?.id),
      () => undefined,
    );
    return () => {
      mine = false;
    };
  }, [wanted]);
  return id;
}

function PlainEvent({ entry, telling }: { entry: JournalEntry; telling: Telling }) {
  const words = telling.messages.journal;
  const line = eventLine(entry, telling);
  const at = `${dayLabel(entry.recordedtime, telling.place)}, ${exactTime(entry.recordedtime, telling.place)}`;
  return (
    <section class="card why-card" aria-label={line.verb}>
      <header class="why-head">
        <div class="why-words">
          <h2>
            {line.verb} <bdi>{line.rest}</bdi>
          </h2>
          <p class="muted">
            <time>{at}</time>. <code>{entry.id}</code>,{' '}
            {words.place(count(entry.offset, telling.place.locale))}
          </p>
        </div>
      </header>
      <h3 class="raw-title">{words.raw}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long record scrolls, also by keyboard */}
      <pre class="raw" dir="ltr" tabIndex={0}>
        {JSON.stringify(entry.data, null, 2)}
      </pre>
    </section>
  );
}

function Decision({ entry, telling }: { entry: JournalEntry; telling: DeskTelling }) {
  const [asking, setAsking] = useState(false);
  const decision = entry.data as PromoDecision;
  return (
    <>
      <WhyTrace entry={entry} decision={decision} telling={telling} onWhatIf={() => setAsking(!asking)} />
      {asking ? <WhatIfCard decision={decision} telling={telling} /> : null}
    </>
  );
}

interface EventCardProps {
  readonly id: string | undefined;
  readonly listed: readonly JournalEntry[];
  readonly toMend: number;
  readonly telling: DeskTelling;
}

/** What is open: a decision with its reasons, a record to mend, or any other event as it is kept. */
export function EventCard({ id, listed, toMend, telling }: EventCardProps) {
  const newest = useNewestDecision(id === undefined);
  const shown = id ?? listed.find((event) => event.type === 'promo.decision')?.id ?? newest;
  const entry = useEntry(shown, listed);
  const words = telling.messages.journal;
  if (shown === undefined) return <p class="card empty">{words.open}</p>;
  if (entry === 'looking') return <p class="card empty">{words.looking}</p>;
  if (entry === undefined) return <p class="card empty">{words.notFound}</p>;
  const held = entry.type === 'quarantine.event' ? (entry.data as QuarantineEvent) : undefined;
  const openId = held !== undefined && held.settles === undefined ? held.quarantineId : undefined;
  return (
    <>
      {entry.type === 'promo.decision' ? (
        <Decision key={entry.id} entry={entry} telling={telling} />
      ) : (
        <PlainEvent entry={entry} telling={telling} />
      )}
      {toMend > 0 ? <MendCard id={openId} toMend={toMend} telling={telling} /> : null}
    </>
  );
}
