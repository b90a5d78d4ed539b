import './staff.css';
import './now/now.css';
import { render } from 'preact';
import { speakAs } from '../shared/api.js';
import { App } from './app.js';
import { createStaffState } from './state.js';

speakAs('staff');
const page = document.getElementById('page');
if (page !== null) render(<App state={createStaffState()} />, page);
