import './shopper.css';
import './rights.css';
import { render } from 'preact';
import { speakAs } from '../shared/api.js';
import { keepPage } from '../shared/keep-page.js';
import { App } from './app.js';
import { watchInstall } from './install.js';
import { followNotifications } from './push-open.js';
import { createShopperState } from './state.js';

speakAs('shopper');

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
