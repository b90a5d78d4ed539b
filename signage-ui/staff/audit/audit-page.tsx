import '../desk/desk.css';
import './audit.css';
import { useEffect, useState } from 'preact/hooks';
import { clockTime, count, dayMonth, type Place } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import type { PeopleWords } from '../../shared/messages/people.js';
import { peopleFor } from '../../shared/messages/people.js';
import { noteWords, toldFor, wordOf } from '../../shared/messages/told.js';
import { whyOf } from '../desk/why.js';
import type { TabProps } from '../tab-props.js';
import { me } from '../who/session.js';
import {
  type AuditEntry,
  type AuditFilter,
  type AuditReport,
  exportHref,
  NO_FILTER,
  searchAudit,
  verifyAudit,
} from './api.js';

type Words = PeopleWords['audit'];

function Filter({ words, onSearch }: { words: Words; onSearch(filter: AuditFilter): void }) {
  const field = (name: keyof AuditFilter, label: string, type = 'search') => (
    <label class="audit-field">
      <span class="small muted">{label}</span>
      <input name={name} type={type as 'search'} autocapitalize="none" spellcheck={false} />
    </label>
  );
  return (
    <form
      class="audit-filter"
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        const word = (name: string): string => String(data.get(name) ?? '');
        onSearch({
          by: word('by'),
          action: word('action'),
          target: word('target'),
          why: word('why'),
          from: word('from'),
          to: word('to'),
        });
      }}
    >
      {field('by', words.by)}
      {field('action', words.action)}
      {field('target', words.target)}
      {field('why', words.why)}
      {field('from', words.from, 'datetime-local')}
      {field('to', words.to, 'datetime-local')}
      <button type="submit" class="button">
        <Icon name="search" />
        {words.search}
      </button>
    </form>
  );
}

function Row({ entry, words, place }: { entry: AuditEntry; words: Words; place: Place }) {
  const { outcome } = entry;
  const told = toldFor(place.locale);
  const { roles } = peopleFor(place.locale);
  return (
    <tr class="desk-row">
      <td class="audit-when">
        <time dateTime={entry.at}>
          {dayMonth(entry.at, place)} {clockTime(entry.at, place)}
        </time>
      </td>
      <td>
        <bdi class="desk-lead">{entry.by}</bdi>
        {entry.role === undefined ? null : (
          <p class="muted small">{wordOf(roles, entry.role) ?? entry.role}</p>
        )}
      </td>
      <td>
        {wordOf<string>(told.actions, entry.action)} <code class="small muted">{entry.action}</code>
        {entry.detail === undefined ? null : (
          <p class="muted small">{noteWords(entry.detail, place, [roles])}</p>
        )}
      </td>
      <td class="audit-target">
        <bdi>{entry.target}</bdi>
      </td>
      <td>{entry.reason ?? ''}</td>
      <td class={outcome === 'done' || outcome === undefined ? 'muted' : 'audit-no'}>
        {outcome === undefined ? '' : (wordOf<string>(words.outcomes, outcome) ?? outcome)}
      </td>
    </tr>
  );
}

/** Is the log what it was? Asked for by a button, because every entry is looked at. */
function Check({ words, place }: { words: Words; place: Place }) {
  const [state, setState] = useState<'idle' | 'working' | AuditReport | string>('idle');
  const run = (): void => {
    setState('working');
    verifyAudit().then(setState, (error) => setState(words.failed(whyOf(error, { place }))));
  };
  const report = typeof state === 'object' ? state : undefined;
  const good = report?.findings.length === 0;
  const told = toldFor(place.locale);
  return (
    <div class="audit-check">
      <button type="button" class="button" aria-disabled={state === 'working'} onClick={run}>
        {state === 'working' ? words.verifying : words.verify}
      </button>
      <div role="status">
        {report === undefined ? (
          typeof state === 'string' && state !== 'idle' && state !== 'working' ? (
            <p class="band band-look">{state}</p>
          ) : null
        ) : (
          <p class={good ? 'audit-whole' : 'band band-act'}>
            <Icon name={good ? 'check' : 'warning'} />
            {good
              ? words.whole(count(report.entries, place.locale))
              : words.broken(count(report.findings.length, place.locale))}
          </p>
        )}
        {report?.findings.map((finding) => (
          <p key={`${finding.n} ${finding.detail}`} class="small">
            {wordOf(told.findings, finding.what)?.(count(finding.n, place.locale)) ?? finding.detail}
          </p>
        ))}
      </div>
    </div>
  );
}

function Entries({ words, place, filter }: { words: Words; place: Place; filter: AuditFilter }) {
  const [entries, setEntries] = useState<readonly AuditEntry[] | undefined>(undefined);
  const [next, setNext] = useState<number | undefined>(undefined);
  const [failed, setFailed] = useState('');
  const load = (known: readonly AuditEntry[], before?: number): void => {
    searchAudit(filter, before).then(
      (page) => {
        setEntries([...known, ...page.entries]);
        setNext(page.next);
        setFailed('');
      },
      (error) => setFailed(words.failed(whyOf(error, { place }))),
    );
  };
  useEffect(() => load([]), [filter]);
  const { columns } = words;
  return (
    <div class="card desk-card audit-card">
      {failed === '' ? null : (
        <p class="band band-look" role="alert">
          {failed}
        </p>
      )}
      {entries?.length === 0 ? <p class="empty">{filter === NO_FILTER ? words.none : words.noneOf}</p> : null}
      {entries === undefined || entries.length === 0 ? null : (
        <table class="desk-table">
          <thead>
            <tr>
              {[columns.when, columns.who, columns.what, columns.target, columns.why, columns.outcome].map(
                (column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <Row key={entry.n} entry={entry} words={words} place={place} />
            ))}
          </tbody>
        </table>
      )}
      {next === undefined ? null : (
        <button type="button" class="link desk-more" onClick={() => load(entries ?? [], next)}>
          {words.older}
        </button>
      )}
    </div>
  );
}

/** Who did what and why; for those who answer for the store. */
export function AuditPage({ state }: TabProps) {
  const place = state.place.value;
  const words = peopleFor(place.locale).audit;
  const [filter, setFilter] = useState<AuditFilter>(NO_FILTER);
  const role = me.value?.role;
  const may = role === undefined || role === 'admin' || role === 'store-manager';
  return (
    <section class="desk-section">
      <div class="desk-bar">
        <div>
          <h2>{words.title}</h2>
          <p class="muted">{may ? words.lead : words.notAllowed}</p>
        </div>
        {may ? (
          <div class="audit-exports">
            <a class="button" href={exportHref(filter, 'csv')} download>
              <Icon name="export" />
              {words.csv}
            </a>
            <a class="button" href={exportHref(filter, 'json')} download>
              <Icon name="export" />
              {words.json}
            </a>
          </div>
        ) : null}
      </div>
      {may ? (
        <>
          <Filter words={words} onSearch={setFilter} />
          <Check words={words} place={place} />
          <Entries words={words} place={place} filter={filter} />
        </>
      ) : null}
    </section>
  );
}
