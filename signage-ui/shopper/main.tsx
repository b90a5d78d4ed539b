import './shopper.css';
import './rights.css';
import { render } from 'preact';
import { keepPage } from '../shared/keep-page.js';
import { App } from './app.js';
import { watchInstall } from './install.js';
import { followNotifications } from './push-open.js';
import { createShopperState } from './state.js';

function storageOrNone(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

watchInstall();
const page = document.getElementById('page');
const state = createShopperState(storageOrNone());
if (page !== null) render(<App state={state} />, page);
followNotifications(state);
void keepPage();
