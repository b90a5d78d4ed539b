import '../shared/tokens.css';
import '../shared/base.css';
import './shopper.css';
import './rights.css';
import { render } from 'preact';
import { keepPage } from '../shared/keep-page.js';
import { App } from './app.js';
import { watchInstall } from './install.js';
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
if (page !== null) render(<App state={createShopperState(storageOrNone())} />, page);
void keepPage();
