import './who.css';
import { useEffect, useRef } from 'preact/hooks';
import type { PeopleWords } from '../../shared/messages/people.js';
import { peopleFor } from '../../shared/messages/people.js';
import { address, hrefOf } from '../route.js';
import type { StaffState } from '../state.js';
import { isGuest, logOut, type Me, me, readMe } from './session.js';

/** Who may open the page behind a link; who may not reads why instead of a dead link. */
function Way({
  to,
  word,
  why,
}: {
  to: 'people' | 'audit' | 'password';
  word: string;
  why: string | undefined;
}) {
  if (why === undefined) {
    return (
      <a class="who-way" href={hrefOf(to)}>
        {word}
      </a>
    );
  }
  return (
    <p class="who-way who-shut">
      <span>{word}</span>
      <span class="small muted">{why}</span>
    </p>
  );
}

function nameOf(session: Me, words: PeopleWords): string {
  return isGuest(session) ? words.who.guest : session.subject;
}

/** Why this person cannot stop offers; `undefined` for those who can, and until it is known. */
export function whyNoStop(state: StaffState): string | undefined {
  return me.value?.role === 'viewer' ? peopleFor(state.place.value.locale).who.noStop : undefined;
}

/** The name in the top bar; behind it the way to People, the audit log and one's password, and out. */
export function Who({ state }: { state: StaffState }) {
  const words = peopleFor(state.place.value.locale);
  const box = useRef<HTMLDetailsElement>(null);
  const refused = state.server.value.state === 'refused';
  useEffect(() => void readMe(), [refused]);
  useEffect(() => {
    if (box.current !== null) box.current.open = false;
  }, [address.value]);
  const session = me.value;
  if (session === undefined) return null;
  const role = words.roles[session.role] ?? session.role;
  const isAdmin = session.role === 'admin';
  return (
    <details
      class="who"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && box.current !== null) box.current.open = false;
      }}
    >
      <summary class="who-name" title={words.who.menu}>
        <bdi class="who-subject">{nameOf(session, words)}</bdi>
        <span class="muted small">{role}</span>
      </summary>
      <div class="card who-menu">
        <Way to="people" word={words.who.people} why={isAdmin ? undefined : words.who.noPeople} />
        <Way
          to="audit"
          word={words.who.audit}
          why={isAdmin || session.role === 'store-manager' ? undefined : words.who.noAudit}
        />
        <Way
          to="password"
          word={words.who.password}
          why={isGuest(session) ? words.password.noAccount : undefined}
        />
        <button type="button" class="who-way" onClick={() => void logOut()}>
          {words.who.logOut}
        </button>
      </div>
    </details>
  );
}
