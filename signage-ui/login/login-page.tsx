import type { PeopleWords } from '../shared/messages/people.js';
import { refusalWords, toldFor } from '../shared/messages/told.js';
import { Form, PasswordField, TextField } from './fields.js';
import type { LoginState } from './state.js';

interface ViewProps {
  readonly state: LoginState;
  readonly words: PeopleWords['login'];
}

function Failed({ state, words }: ViewProps) {
  const failed = state.failed.value;
  const sentence =
    failed === undefined
      ? ''
      : failed.reason === 'Needed'
        ? words.needed
        : (words.failed[failed.reason] ??
          words.failedElse(refusalWords(toldFor(navigator.language), failed)));
  return (
    <p class={failed === undefined ? 'login-failed' : 'login-failed login-failed-said'} role="alert">
      {sentence}
    </p>
  );
}

function Send({ state, words, label }: ViewProps & { label: string }) {
  const working = state.working.value;
  return (
    <button type="submit" class="button button-primary login-send" aria-disabled={working}>
      {working ? words.entering : label}
    </button>
  );
}

function LogIn({ state, words }: ViewProps) {
  return (
    <Form send={(word) => state.logIn(word('name'), word('password'))}>
      <h1>{words.title}</h1>
      {state.ended ? <p>{words.ended}</p> : null}
      <TextField label={words.name} name="name" autocomplete="username" first />
      <PasswordField
        label={words.password}
        name="password"
        autocomplete="current-password"
        show={words.show}
      />
      <Failed state={state} words={words} />
      <Send state={state} words={words} label={words.enter} />
      {state.claimable.value ? (
        <button type="button" class="button button-plain" onClick={() => state.show('claim')}>
          {words.setUp}
        </button>
      ) : (
        <p class="muted">{words.noAccount}</p>
      )}
    </Form>
  );
}

function Claim({ state, words }: ViewProps) {
  return (
    <Form send={(word) => state.claim(word('code'), word('name'), word('password'))}>
      <h1>{words.setUp}</h1>
      <p>{words.setUpHow}</p>
      <TextField label={words.code} name="code" autocomplete="one-time-code" first />
      <TextField label={words.yourName} name="name" autocomplete="username" />
      <PasswordField
        label={words.newPassword}
        name="password"
        autocomplete="new-password"
        show={words.show}
        hint={words.passwordHint}
      />
      <Failed state={state} words={words} />
      <Send state={state} words={words} label={words.make} />
      <button type="button" class="button button-plain" onClick={() => state.show('log-in')}>
        {words.back}
      </button>
    </Form>
  );
}

function Choose({ state, words }: ViewProps) {
  return (
    <Form send={(word) => state.choose(word('password'))}>
      <h1>{words.choose}</h1>
      <p>{words.chooseHow}</p>
      <PasswordField
        label={words.newPassword}
        name="password"
        autocomplete="new-password"
        show={words.show}
        hint={words.passwordHint}
        first
      />
      <Failed state={state} words={words} />
      <Send state={state} words={words} label={words.choosing} />
      <button type="button" class="button button-plain" onClick={() => state.show('log-in')}>
        {words.back}
      </button>
    </Form>
  );
}

const VIEWS = { 'log-in': LogIn, claim: Claim, choose: Choose } as const;

export function LoginPage({ state, words }: { state: LoginState; words: PeopleWords }) {
  const View = VIEWS[state.view.value];
  return (
    <main class="login">
      <svg class="login-brand" viewBox="0 0 32 32" role="img" aria-label="Endcap">
        <rect width="32" height="32" rx="8" class="login-ground" />
        <path d="M10 8h13v4H14.5v2.6H22v3.8h-7.5V20H23v4H10z" class="login-letter" />
      </svg>
      <div class="card login-card">
        <View key={state.view.value} state={state} words={words.login} />
      </div>
    </main>
  );
}
