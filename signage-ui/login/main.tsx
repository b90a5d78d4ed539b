import './login.css';
import { render } from 'preact';
import { peopleFor, peopleLanguage } from '../shared/messages/people.js';
import { LoginPage } from './login-page.js';
import { createLoginState } from './state.js';

const words = peopleFor(navigator.language);
const state = createLoginState(location.hash, (address) => location.replace(address));
// The link of a password is in the address no longer than it takes to read it.
history.replaceState(null, '', location.pathname);
// A link that is pasted into this page is another visit.
addEventListener('hashchange', () => location.reload());
document.documentElement.lang = peopleLanguage(navigator.language);
document.title = words.login.page;
const page = document.getElementById('page');
if (page !== null) render(<LoginPage state={state} words={words} />, page);
void state.look();
