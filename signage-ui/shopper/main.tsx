import '../shared/tokens.css';
import '../shared/base.css';
import './shopper.css';
import { render } from 'preact';
import { keepPage } from '../shared/keep-page.js';
import { App } from './app.js';
import { createShopperState } from './state.js';

function storageOrNone(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

const page = document.getElementById('page');
if (page !== null) render(<App state={createShopperState(storageOrNone())} />, page);
void keepPage();
