import { useEffect, useState } from 'preact/hooks';
import { dayMonth, hourMinute, type Place } from '../../shared/format.js';
import type { PeopleWords } from '../../shared/messages/people.js';
import { toldFor } from '../../shared/messages/told.js';
import { reasonIn } from '../desk/reason.js';
import { ReasonField } from '../desk/reason-field.js';
import {
  changeUser,
  endSession,
  type Invited,
  ROLES,
  readSessions,
  resetUser,
  type User,
  type UserSession,
} from './api.js';

export interface PersonProps {
  readonly user: User;
  readonly words: PeopleWords;
  readonly place: Place;
  /** The account of whoever looks: nobody shuts themselves out. */
  readonly self: boolean;
  /** Runs a call, says how it went, and reads the list again. */
  act<T>(work: () => Promise<T>): Promise<T | undefined>;
  onInvited(invited: Invited): void;
}

/** A new role or disabling ends every session: it is asked for with a reason. */
function Ask(props: {
  words: PeopleWords['people'];
  ask: string;
  kind: 'account' | 'session';
  place: Place;
  onDo(reason: string): void;
  onCancel(): void;
}) {
  const { words, place } = props;
  const [missing, setMissing] = useState(false);
  return (
    <form
      class="people-ask"
      onSubmit={(event) => {
        event.preventDefault();
        const reason = reasonIn(new FormData(event.currentTarget));
        setMissing(reason === undefined);
        if (reason !== undefined) props.onDo(reason);
      }}
      onInput={() => setMissing(false)}
    >
      <p>{props.ask}</p>
      <ReasonField kind={props.kind} locale={place.locale} />
      <p class="tone-text-act" role="alert">
        {missing ? toldFor(place.locale).why.needed : ''}
      </p>
      <button type="submit" class="button button-act">
        {words.sure}
      </button>
      <button type="button" class="button button-plain" onClick={props.onCancel}>
        {words.cancel}
      </button>
    </form>
  );
}

function Sessions({ user, words, place, onEnd }: PersonProps & { onEnd(id: string): void }) {
  const [sessions, setSessions] = useState<readonly UserSession[] | undefined>(undefined);
  const load = (): void => {
    readSessions(user.name).then(
      (answer) => setSessions(answer.sessions),
      () => setSessions([]),
    );
  };
  useEffect(load, [user.name]);
  const moment = (at: string): string => `${dayMonth(at, place)} ${hourMinute(at, place)}`;
  if (sessions === undefined) return null;
  if (sessions.length === 0) return <p class="muted">{words.people.noSessions}</p>;
  return (
    <ul class="people-sessions">
      {sessions.map(({ id, since, seen, agent }) => (
        <li key={id}>
          <span>
            <bdi>{agent === '' ? words.people.unknownBrowser : agent}</bdi>
            <span class="muted small"> {words.people.session(moment(since), moment(seen))}</span>
          </span>
          <button
            type="button"
            class="button"
            aria-label={words.people.endNamed(user.name)}
            onClick={() => onEnd(id)}
          >
            {words.people.end}
          </button>
        </li>
      ))}
    </ul>
  );
}

type Change = { readonly role: string } | { readonly disabled: boolean } | { readonly session: string };
type Open = 'sessions' | Change | undefined;

function askOf(change: Change, name: string, words: PeopleWords['people']): string {
  if ('session' in change) return words.askEnd(name);
  return 'disabled' in change && !change.disabled ? words.askEnable(name) : words.ask(name);
}

const make = (change: Change, name: string, reason: string): Promise<unknown> =>
  'session' in change ? endSession(name, change.session, reason) : changeUser(name, { ...change, reason });

/** One account: its role and state, and what an admin may do with it. */
export function Person(props: PersonProps) {
  const { user, self, act } = props;
  const words = props.words.people;
  const [open, setOpen] = useState<Open>(undefined);
  const why = self ? words.notSelf : undefined;
  return (
    <>
      <tr class="desk-row">
        <td>
          <bdi class="desk-lead">{user.name}</bdi>{' '}
          {self ? <span class="muted small">({words.you})</span> : null}
        </td>
        <td data-label={words.columns.role}>
          <select
            class="people-role"
            aria-label={`${words.columns.role}: ${user.name}`}
            value={user.role}
            disabled={self}
            title={why}
            onChange={(event) => setOpen({ role: event.currentTarget.value })}
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {props.words.roles[role]}
              </option>
            ))}
          </select>
        </td>
        <td data-label={words.columns.state}>{words.states[user.state] ?? user.state}</td>
        <td class="muted" data-label={words.columns.since}>
          {dayMonth(user.created, props.place)}
        </td>
        <td class="desk-action people-actions">
          <button
            type="button"
            class="button"
            aria-expanded={open === 'sessions'}
            onClick={() => setOpen(open === 'sessions' ? undefined : 'sessions')}
          >
            {words.sessions}
          </button>
          <button
            type="button"
            class="button"
            onClick={() =>
              void act(() => resetUser(user.name)).then((made) => made !== undefined && props.onInvited(made))
            }
          >
            {words.reset}
          </button>
          {user.state === 'disabled' ? (
            <button type="button" class="button" onClick={() => setOpen({ disabled: false })}>
              {words.enable}
            </button>
          ) : (
            <button
              type="button"
              class="button button-act"
              disabled={self}
              title={why}
              onClick={() => setOpen({ disabled: true })}
            >
              {words.disable}
            </button>
          )}
          {self ? <p class="small muted">{words.notSelf}</p> : null}
        </td>
      </tr>
      {open === undefined ? null : (
        <tr>
          <td colSpan={5} class="people-open">
            {open === 'sessions' ? (
              <Sessions {...props} onEnd={(session) => setOpen({ session })} />
            ) : (
              <Ask
                words={words}
                ask={askOf(open, user.name, words)}
                kind={'session' in open ? 'session' : 'account'}
                place={props.place}
                onCancel={() => setOpen(undefined)}
                onDo={(reason) => {
                  const next = 'session' in open ? 'sessions' : undefined;
                  void act(() => make(open, user.name, reason)).then(() => setOpen(next));
                }}
              />
            )}
          </td>
        </tr>
      )}
    </>
  );
}
