import type { Browser } from 'playwright-core';
import { requireComponent } from '../../support/components.js';
import { type RunningStore, startStore } from '../../support/store.js';
import { openBrowser } from '../../ui/support/browser.js';
import { quantile } from '../compare.js';
import type { Figure } from '../figures.js';
import { costFigures } from '../process-cost.js';
import { type Change, measure, type Stand, type Window, walk } from './changes.js';
import { lookAtOne, openPlayers } from './players.js';
import { peopleOf, withBays, withOffers } from './scene.js';
import { HALF_CYCLE_S } from './walk.js';
import { startWalkers } from './walkers.js';

const REPEATS = 3;
const MEASURED_S = Number(process.env['ENDCAP_BENCH_SECONDS'] ?? 50);
const IDLE_S = MEASURED_S / 4;
const PER_SECOND = 500;
const SETTLE_S = 2;
const DRAWN_WITHIN_MS = 100;
/** A p99 of fewer says little. */
const CHANGES_LEAST = 300;
const UNSURE_MS_MOST = 2;

/**
 * From the sighting that completes the confirmation of a visitor in a zone, to the first frame of the player in that
 * zone with what is now worth most to those who are there. It begins just before the sighting is sent, which is before
 * the store has it, and ends when the page is done with that frame, which is after the frame's own time stamp.
 */
export async function screen(): Promise<readonly Figure[]> {
  const { ready, reason } = await requireComponent('chromium');
  if (!ready) throw new Error(`needs Chromium: ${reason}`);
  const store = await startStore({ change: withBays, changeCampaigns: withOffers });
  try {
    const browser = await openBrowser();
    try {
      return await measureAll(store, browser);
    } finally {
      await browser.close();
    }
  } finally {
    await store.remove();
  }
}

async function measureAll(store: RunningStore, browser: Browser): Promise<readonly Figure[]> {
  const bays = await peopleOf(store);
  const walkers = await startWalkers(store, bays);
  try {
    const begun = walkers.walk({ perSecond: PER_SECOND, seconds: 2 * HALF_CYCLE_S - SETTLE_S });
    const screens = bays.map((bay) => bay.screen);
    const [players] = await Promise.all([openPlayers(store, browser, screens), begun]);
    const changesPerSecond = bays.length / HALF_CYCLE_S;
    const stand: Stand = { store, walkers, players, changesPerSecond, coming: new Map() };
    const busy: Window[] = [];
    await walk(stand, { perSecond: PER_SECOND, seconds: SETTLE_S });
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      await lookAtOne(players);
      busy.push(await measure(stand, { perSecond: PER_SECOND, seconds: MEASURED_S }));
    }
    await walk(stand, { perSecond: 0, seconds: SETTLE_S });
    const idle = [await measure(stand, { perSecond: 0, seconds: IDLE_S })];
    return [
      ...limited(figuresOf(`${PER_SECOND} events/s`, busy)),
      ...figuresOf('idle but for those who come', idle),
    ];
  } finally {
    await walkers.close();
  }
}

function figuresOf(name: string, windows: readonly Window[]): Figure[] {
  const figure = (metric: string, value: number, unit: string): Figure => ({
    ...{ bench: 'screen', case: name, metric, value, unit },
  });
  const of = (windows: readonly Window[], key: keyof Change, share: number): number =>
    quantile(
      windows.flatMap(({ changes }) => changes.map((change) => change[key])),
      share,
    );
  const sum = (key: 'unseen' | 'putOff' | 'between'): number =>
    windows.reduce((total, window) => total + window[key], 0);
  const p99s = windows.map((window) => of([window], 'drawnMs', 0.99));
  return [
    figure('p50', of(windows, 'drawnMs', 0.5), 'ms'),
    figure('p99', of(windows, 'drawnMs', 0.99), 'ms'),
    figure(`p99, worst of ${windows.length}`, Math.max(...p99s), 'ms'),
    figure('worst', of(windows, 'drawnMs', 1), 'ms'),
    figure('p50 to the change of the page', of(windows, 'changedMs', 0.5), 'ms'),
    figure('p99 to the change of the page', of(windows, 'changedMs', 0.99), 'ms'),
    figure('p99 to the time stamp of the frame', of(windows, 'frameMs', 0.99), 'ms'),
    figure('p99 from the receipt', of(windows, 'drawnSinceReceiptMs', 0.99), 'ms'),
    figure('measured', windows.flatMap(({ changes }) => changes).length, 'changes'),
    figure('not seen', sum('unseen'), 'changes'),
    figure('put off', sum('putOff'), 'changes'),
    figure('showed neither', sum('between'), 'frames'),
    figure('sent', Math.min(...windows.map(({ perSecond }) => perSecond)), '1/s'),
    figure('clocks apart by', Math.max(...windows.map(({ unsureMs }) => unsureMs)), 'ms'),
    ...costFigures(
      'screen',
      name,
      windows.map(({ cost }) => cost),
    ),
  ];
}

const LIMITS: Readonly<Record<string, Figure['limit']>> = {
  p99: { most: DRAWN_WITHIN_MS },
  measured: { least: CHANGES_LEAST },
  'not seen': { most: 0 },
  'put off': { most: CHANGES_LEAST / 100 },
  'showed neither': { most: 0 },
  sent: { least: PER_SECOND * 0.99 },
  'clocks apart by': { most: UNSURE_MS_MOST },
};

function limited(figures: readonly Figure[]): Figure[] {
  return figures.map((figure) => {
    const limit = LIMITS[figure.metric];
    return limit === undefined ? figure : { ...figure, limit };
  });
}
