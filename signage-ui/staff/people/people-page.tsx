import '../desk/desk.css';
import './people.css';
import { useState } from 'preact/hooks';
import type { PeopleWords } from '../../shared/messages/people.js';
import { peopleFor } from '../../shared/messages/people.js';
import { AsOf, Read } from '../desk/dated.js';
import { usePolled } from '../desk/poll.js';
import { whyOf } from '../desk/why.js';
import type { TabProps } from '../tab-props.js';
import { me } from '../who/session.js';
import { addUser, type Invited, ROLES, readUsers } from './api.js';
import { Person } from './person.js';

const LOOK_MS = 30_000;

function Add({ words, onAdd }: { words: PeopleWords; onAdd(name: string, role: string): void }) {
  return (
    <form
      class="card people-add"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const data = new FormData(form);
        onAdd(String(data.get('name') ?? '').trim(), String(data.get('role')));
        form.reset();
      }}
    >
      <h3>{words.people.add}</h3>
      <label class="people-field">
        <span class="small muted">{words.people.name}</span>
        <input name="name" type="text" required maxLength={60} autocapitalize="none" spellcheck={false} />
      </label>
      <label class="people-field">
        <span class="small muted">{words.people.role}</span>
        <select name="role" class="people-role">
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {words.roles[role]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button button-primary">
        {words.people.create}
      </button>
    </form>
  );
}

/** The link is shown here once; the store does not know it any more. */
function Link({ invited, words }: { invited: Invited; words: PeopleWords['people'] }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard?.writeText(invited.link).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <div class="card people-link" role="status">
      <p>{words.link(invited.name)}</p>
      <code class="people-address">{invited.link}</code>
      <button type="button" class="button" onClick={copy}>
        {copied ? words.copied : words.copy}
      </button>
    </div>
  );
}

/** Accounts of the staff; for admins. */
export function PeoplePage({ state }: TabProps) {
  const place = state.place.value;
  const words = peopleFor(place.locale);
  const session = me.value;
  const may = session === undefined || session.role === 'admin';
  const polled = usePolled(readUsers, LOOK_MS);
  const [invited, setInvited] = useState<Invited | undefined>(undefined);
  const [said, setSaid] = useState<{ text: string; good: boolean } | undefined>(undefined);
  const act = async <T,>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await work();
      setSaid({ text: words.people.done, good: true });
      await polled.refresh();
      return answer;
    } catch (error) {
      setSaid({ text: words.people.failed(whyOf(error, { place })), good: false });
      return undefined;
    }
  };
  const invite = (work: () => Promise<Invited>): void =>
    void act(work).then((made) => made !== undefined && setInvited(made));
  if (!may) {
    return (
      <section class="desk-section">
        <h2>{words.people.title}</h2>
        <p class="band band-look">{words.people.notAllowed}</p>
      </section>
    );
  }
  const { columns } = words.people;
  const telling = { messages: state.messages.value, place, toStoreMs: state.storeMs };
  const users = polled.value?.users ?? [];
  return (
    <Read polled={polled} telling={telling}>
      <section class="desk-section">
        <div class="desk-bar">
          <h2>{words.people.title}</h2>
          <AsOf telling={telling} />
        </div>
        <p class={said?.good === false ? 'band band-act' : 'people-said'} role="status">
          {said?.text ?? ''}
        </p>
        {invited === undefined ? null : <Link invited={invited} words={words.people} />}
        <div class="card desk-card people-card">
          {users.length === 0 ? (
            <p class="empty">
              {polled.failure === undefined ? words.people.none : whyOf(polled.failure, { place })}
            </p>
          ) : (
            <table class="desk-table">
              <thead>
                <tr>
                  {[columns.name, columns.role, columns.state, columns.since, columns.action].map(
                    (column) => (
                      <th key={column} scope="col">
                        {column}
                      </th>
                    ),
                  )}
                </tr>
              </thead>
              <tbody>
                {users.map((user) => (
                  <Person
                    key={user.name}
                    user={user}
                    words={words}
                    place={place}
                    self={user.name === session?.subject}
                    act={act}
                    onInvited={setInvited}
                  />
                ))}
              </tbody>
            </table>
          )}
        </div>
        <Add words={words} onAdd={(name, role) => invite(() => addUser(name, role))} />
      </section>
    </Read>
  );
}
