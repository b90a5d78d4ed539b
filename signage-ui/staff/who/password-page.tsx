import '../desk/desk.css';
import './password.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Form, PasswordField } from '../../login/fields.js';
import { ApiFailure, call } from '../../shared/api.js';
import type { Place } from '../../shared/format.js';
import type { PeopleWords } from '../../shared/messages/people.js';
import { peopleFor } from '../../shared/messages/people.js';
import { whyOf } from '../desk/why.js';
import type { TabProps } from '../tab-props.js';
import { isGuest, me, readMe } from './session.js';

/** What the store refused, or that a field was left empty. */
type Failed = 'needed' | ApiFailure;

function sentenceOf(failed: Failed, { password, login }: PeopleWords, place: Place): string {
  if (failed === 'needed') return login.needed;
  const own = password.failed[failed.reason] ?? login.failed[failed.reason];
  return own ?? login.failedElse(whyOf(failed, { place }));
}

/** The current and the new one; what was typed is gone once it is done. */
function Change({ subject, words, place }: { subject: string; words: PeopleWords; place: Place }) {
  const [failed, setFailed] = useState<Failed | undefined>(undefined);
  const [working, setWorking] = useState(false);
  const [done, setDone] = useState(0);
  const said = useRef<HTMLParagraphElement>(null);
  // The form is a new one then: whoever uses the keyboard is led to what was said.
  useEffect(() => {
    if (done > 0) said.current?.focus();
  }, [done]);
  const send = async (current: string, password: string): Promise<void> => {
    if (working) return;
    if (current === '' || password === '') return setFailed('needed');
    setWorking(true);
    setFailed(undefined);
    try {
      await call('PUT', '/v1/password', { current, password });
      setDone(done + 1);
    } catch (failure) {
      const said = failure instanceof ApiFailure ? failure : new ApiFailure(0, 'Unknown', '');
      // Logged out meanwhile, perhaps by a change of the password elsewhere.
      if (said.reason === 'NotAuthenticated') await readMe();
      setFailed(said);
    } finally {
      setWorking(false);
    }
  };
  const { login, password } = words;
  const isWrong = (reason: string): boolean => failed instanceof ApiFailure && failed.reason === reason;
  return (
    <>
      <p class="password-done" role="status" tabIndex={-1} ref={said}>
        {done > 0 && failed === undefined && !working ? password.done : ''}
      </p>
      <Form key={done} send={(word) => void send(word('current'), word('password'))}>
        {/* For the browser's keeper of passwords, which wants to know whose it is. */}
        <input type="text" name="username" autocomplete="username" value={subject} readOnly hidden />
        <PasswordField
          label={password.current}
          name="current"
          autocomplete="current-password"
          show={login.show}
          invalid={isWrong('WrongPassword')}
        />
        <PasswordField
          label={login.newPassword}
          name="password"
          autocomplete="new-password"
          show={login.show}
          hint={login.passwordHint}
          invalid={isWrong('WeakPassword')}
        />
        <p class={failed === undefined ? 'login-failed' : 'login-failed login-failed-said'} role="alert">
          {failed === undefined ? '' : sentenceOf(failed, words, place)}
        </p>
        <button type="submit" class="button button-primary login-send" aria-disabled={working}>
          {working ? password.changing : password.change}
        </button>
      </Form>
    </>
  );
}

/** One's own password, for everybody who has an account. */
export function PasswordPage({ state }: TabProps) {
  const words = peopleFor(state.place.value.locale);
  const session = me.value;
  return (
    <section class="desk-section">
      <div class="desk-bar">
        <h2>{words.password.title}</h2>
      </div>
      {session === undefined ? null : isGuest(session) ? (
        <p class="band band-look">{words.password.noAccount}</p>
      ) : (
        <div class="card password-card">
          <p class="muted">{words.password.lead}</p>
          <Change subject={session.subject} words={words} place={state.place.value} />
        </div>
      )}
    </section>
  );
}
